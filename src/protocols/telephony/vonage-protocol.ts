/**
 * Vonage's Voice WebSocket: binary messages of 20 ms of 16-bit PCM both ways, text for everything else.
 *
 * A `notify` after each phrase comes back when playback reaches it; `clear` empties what is queued.
 */
import { durationMs } from '../../audio/audio-frame.js';
import { AttuneError } from '../../core/errors.js';
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import { parseJsonObject } from '../json-object.js';
import type { WireMessage } from '../protocol.js';
import { framesOf, LineInput, LineOutput } from './line-audio.js';
import { lineFormatOf } from './line-format.js';
import {
  checkedText,
  decoded,
  digitEvents,
  silencesAssistant,
  started,
  type PhoneEvent,
  type PhoneProtocol,
  type PhoneStart,
} from './phone-protocol.js';
import { SpokenMarks } from './spoken-marks.js';
import { objectAt, textAt, textsOf, type WireObject } from './wire-object.js';

interface Line {
  readonly input: LineInput;
  readonly output: LineOutput;
}

/** The platform takes frames of this length alone. */
const frameMs = 20;

export class VonageProtocol implements PhoneProtocol {
  readonly name = 'vonage';
  readonly #marks = new SpokenMarks();
  #start: PhoneStart | null = null;
  #line: Line | undefined;

  get start(): PhoneStart | null {
    return this.#start;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return decoded(() => {
      if (typeof message === 'string') return this.#control(parseJsonObject(checkedText(message)));
      const { input } = started(this.#line);
      return message.length === 0 ? [] : [{ type: 'audio', frame: input.decode(message) }];
    });
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    const line = this.#line;
    if (!line) return [];
    if (silencesAssistant(event)) {
      line.output.drop();
      if (!this.#marks.hasUnplayed) return [];
      this.#marks.flush();
      return [JSON.stringify({ action: 'clear' })];
    }
    switch (event.type) {
      case 'reply.clause':
        return this.#mark();
      case 'reply.audio': {
        const { samples, sampleRateHz } = event;
        this.#marks.send(event.itemId, durationMs({ samples, sampleRateHz }));
        return framesOf(line.output.push(samples, sampleRateHz), line.output.frameBytes);
      }
      case 'reply.message.ended':
        if (event.item.status !== 'completed') return [];
        return [...framesOf(line.output.flush(), line.output.frameBytes), ...this.#mark()];
      case 'session.ended':
        line.output[Symbol.dispose]();
        return [];
      default:
        return [];
    }
  }

  #mark(): readonly WireMessage[] {
    const name = this.#marks.next();
    return name === null ? [] : [JSON.stringify({ action: 'notify', payload: { mark: name } })];
  }

  #control(wire: WireObject): readonly PhoneEvent[] {
    // Older calls begin without a name of the event.
    const event = wire['event'] ?? (textAt(wire, 'content-type') === undefined ? undefined : 'websocket:connected');
    switch (event) {
      case 'websocket:connected':
        this.#begin(wire);
        return [];
      case 'websocket:dtmf':
        return digitEvents(textAt(wire, 'digit') ?? '');
      case 'websocket:notify': {
        const played = this.#marks.returned(textAt(objectAt(wire, 'payload'), 'mark') ?? '');
        return played === undefined ? [] : [{ type: 'playback.reached', ...played }];
      }
      default:
        return [];
    }
  }

  #begin(wire: WireObject): void {
    if (this.#line) throw new AttuneError('invalid_event', 'the call was introduced already');
    const format = lineFormatOf(textAt(wire, 'content-type') ?? '');
    this.#line = { input: new LineInput(format), output: new LineOutput(format, { frameMs }) };
    const { event: _event, 'content-type': _type, ...parameters } = textsOf(wire);
    this.#start = { callId: parameters['uuid'] ?? parameters['conversation_uuid'] ?? '', parameters, maySpeak: true };
  }
}
