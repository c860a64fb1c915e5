/**
 * The assistant's sound on a line that returns marks: what leaves on an event of the session, whatever the wire format.
 *
 * A mark follows each phrase. When the assistant falls silent, what waits here is dropped and what the platform still holds is
 * to be cleared, in case it holds anything; marks that come back after that count for nothing.
 */
import { durationMs } from '../../audio/audio-frame.js';
import { silencesAssistant, type SessionEvent } from '../../session/events.js';
import type { LineOutput } from './line-audio.js';
import type { PhoneEvent } from './phone-protocol.js';
import { SpokenMarks } from './spoken-marks.js';

/** One thing to be told to the platform. */
export type SpeechStep =
  /** Forget what is queued. */
  | { readonly kind: 'clear' }
  /** Whole frames of the line; never empty. */
  | { readonly kind: 'sound'; readonly bytes: Uint8Array }
  /** To be returned once everything before it was played. */
  | { readonly kind: 'mark'; readonly name: string };

export class MarkedSpeech implements Disposable {
  readonly output: LineOutput;
  readonly #marks = new SpokenMarks();

  /** Owns the output. */
  constructor(output: LineOutput) {
    this.output = output;
  }

  /** In the order they are to be told; none for events that move no sound. */
  stepsOf(event: SessionEvent): readonly SpeechStep[] {
    if (silencesAssistant(event)) return this.#silenced();
    switch (event.type) {
      case 'reply.clause':
        return this.#mark();
      case 'reply.audio': {
        const { samples, sampleRateHz } = event;
        this.#marks.send(event.itemId, durationMs({ samples, sampleRateHz }));
        return soundOf(this.output.push(samples, sampleRateHz));
      }
      case 'line.audio':
        return soundOf(this.output.push(event.samples, event.sampleRateHz));
      case 'reply.message.ended':
        return event.item.status === 'completed' ? [...soundOf(this.output.flush()), ...this.#mark()] : [];
      default:
        return [];
    }
  }

  /** A mark came back; nothing for one that is not ours or was cleared. */
  returned(name: string): readonly PhoneEvent[] {
    const played = this.#marks.returned(name);
    return played === undefined ? [] : [{ type: 'playback.reached', ...played }];
  }

  [Symbol.dispose](): void {
    this.output[Symbol.dispose]();
  }

  #silenced(): readonly SpeechStep[] {
    this.output.drop();
    if (!this.#marks.hasUnplayed) return [];
    this.#marks.flush();
    return [{ kind: 'clear' }];
  }

  #mark(): readonly SpeechStep[] {
    const name = this.#marks.next();
    return name === null ? [] : [{ kind: 'mark', name }];
  }
}

function soundOf(bytes: Uint8Array): readonly SpeechStep[] {
  return bytes.length === 0 ? [] : [{ kind: 'sound', bytes }];
}
