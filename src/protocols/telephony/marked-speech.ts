/**
 * The assistant's sound on a line that returns marks and can be cleared: what leaves on an event of the session, whatever the
 * wire format.
 *
 * A mark follows each phrase. When the assistant falls silent, what waits here is dropped and what the platform still holds is
 * to be cleared, in case it holds anything; marks that come back after that count for nothing. A line cannot pause, so a reply
 * that is held is cleared as well, and what had not been played of it is sent again when it resumes.
 */
import { durationMs } from '../../audio/audio-frame.js';
import { releasesAssistant, silencesAssistant, type SessionEvent } from '../../session/events.js';
import type { LineOutput } from './line-audio.js';
import type { PhoneEvent } from './phone-protocol.js';
import { SpokenMarks, type PlayedTo } from './spoken-marks.js';
import { UnplayedSpeech, type SentSpeech } from './unplayed-speech.js';

/** One thing to be told to the platform. */
export type SpeechStep =
  /** Forget what is queued. */
  { readonly kind: 'clear' } | SentSpeech;

/** Sound and marks that are to be sent again. */
type Repeated =
  { readonly kind: 'sound'; readonly bytes: Uint8Array } | { readonly kind: 'mark'; readonly played: PlayedTo };

/** A reply whose sound waits. */
interface HeldReply {
  /** True when the platform was told to forget what it had. */
  readonly isCleared: boolean;
  readonly repeated: readonly Repeated[];
  /** What happened meanwhile; it follows. */
  readonly events: SpeechEvent[];
}

type SpeechEvent = Extract<SessionEvent, { type: 'reply.clause' | 'reply.audio' | 'reply.message.ended' }>;

/** Far more than is sent ahead unless an operator wants it so; a reply that has more on its way is played out when it is held. */
const mostUnplayedMs = 10_000;

export class MarkedSpeech implements Disposable {
  readonly output: LineOutput;
  readonly #marks = new SpokenMarks();
  readonly #unplayed: UnplayedSpeech;
  /** Sound that was taken and waits for a frame to be whole. */
  #waitingMs = 0;
  #held: HeldReply | undefined;

  /** Owns the output. */
  constructor(output: LineOutput) {
    this.output = output;
    this.#unplayed = new UnplayedSpeech({ mostBytes: output.bytesOf(mostUnplayedMs) });
  }

  /** In the order they are to be told; none for events that move no sound. */
  stepsOf(event: SessionEvent): readonly SpeechStep[] {
    if (silencesAssistant(event)) return this.#silence();
    if (releasesAssistant(event)) return this.#resume();
    switch (event.type) {
      case 'reply.held':
        return this.#hold(event.unplayedMs);
      case 'reply.clause':
      case 'reply.audio':
      case 'reply.message.ended':
        if (!this.#held) return this.#speak(event);
        this.#held.events.push(event);
        return [];
      case 'line.audio':
        return stepsWith(this.output.push(event.samples, event.sampleRateHz));
      default:
        return [];
    }
  }

  /** A mark came back; nothing for one that is not ours or was cleared. */
  returned(name: string): readonly PhoneEvent[] {
    const played = this.#marks.returned(name);
    if (played === undefined) return [];
    this.#unplayed.playedTo(name);
    return [{ type: 'playback.reached', ...played }];
  }

  [Symbol.dispose](): void {
    this.output[Symbol.dispose]();
  }

  #speak(event: SpeechEvent): readonly SpeechStep[] {
    switch (event.type) {
      case 'reply.clause':
        return this.#mark(this.#marks.next());
      case 'reply.audio': {
        const soundMs = durationMs(event);
        this.#marks.send(event.itemId, soundMs);
        this.#waitingMs += soundMs;
        return this.#send(this.output.push(event.samples, event.sampleRateHz));
      }
      case 'reply.message.ended': {
        if (event.item.status !== 'completed') return [];
        const steps = [...this.#send(this.output.flush()), ...this.#mark(this.#marks.next())];
        this.#waitingMs = 0;
        return steps;
      }
    }
  }

  #hold(unplayedMs: number): readonly SpeechStep[] {
    if (this.#held) return [];
    // By the session's count, what waits here has left.
    const queuedMs = unplayedMs - this.#waitingMs;
    const queued = queuedMs > 0 ? this.#unplayed.take(this.output.bytesOf(queuedMs)) : undefined;
    if (!queued) {
      this.#held = { isCleared: false, repeated: [], events: [] };
      return [];
    }
    const rest: Repeated = { kind: 'sound', bytes: this.output.takeRest() };
    const repeated = [...queued.flatMap((sent) => this.#repeatedOf(sent)), rest];
    this.#held = { isCleared: true, repeated, events: [] };
    this.#waitingMs = unplayedMs;
    this.#marks.recall();
    return [{ kind: 'clear' }];
  }

  #repeatedOf(sent: SentSpeech): readonly Repeated[] {
    if (sent.kind === 'sound') return [sent];
    const played = this.#marks.open(sent.name);
    return played === undefined ? [] : [{ kind: 'mark', played }];
  }

  #resume(): readonly SpeechStep[] {
    const held = this.#held;
    if (!held) return [];
    this.#held = undefined;
    return [
      ...held.repeated.flatMap((piece) =>
        piece.kind === 'sound'
          ? this.#send(this.output.repeat(piece.bytes))
          : this.#mark(this.#marks.again(piece.played)),
      ),
      ...held.events.flatMap((event) => this.#speak(event)),
    ];
  }

  #silence(): readonly SpeechStep[] {
    const isPlaying = this.#held?.isCleared !== true && this.#marks.hasUnplayed;
    this.#held = undefined;
    this.#waitingMs = 0;
    this.output.drop();
    this.#unplayed.clear();
    this.#marks.flush();
    return isPlaying ? [{ kind: 'clear' }] : [];
  }

  #send(bytes: Uint8Array): readonly SentSpeech[] {
    this.#waitingMs -= this.output.durationMs(bytes);
    return this.#noted(stepsWith(bytes));
  }

  #mark(name: string | null): readonly SentSpeech[] {
    return this.#noted(name === null ? [] : [{ kind: 'mark', name }]);
  }

  #noted(steps: readonly SentSpeech[]): readonly SentSpeech[] {
    for (const step of steps) this.#unplayed.add(step);
    return steps;
  }
}

function stepsWith(bytes: Uint8Array): readonly SentSpeech[] {
  return bytes.length === 0 ? [] : [{ kind: 'sound', bytes }];
}
