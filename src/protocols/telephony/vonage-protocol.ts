/**
 * Vonage's Voice WebSocket: binary messages of 20 ms of 16-bit PCM both ways, text for everything else.
 *
 * A `notify` after each phrase comes back when playback reaches it; `clear` empties what is queued.
 */
import { AttuneError } from '../../core/errors.js';
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import { parseJsonObject } from '../json-object.js';
import type { WireMessage } from '../protocol.js';
import { framesOf, LineInput, LineOutput } from './line-audio.js';
import { lineFormatOf } from './line-format.js';
import { MarkedSpeech, type SpeechStep } from './marked-speech.js';
import {
  checkedText,
  decoded,
  digitEvents,
  started,
  type PhoneEvent,
  type PhoneProtocol,
  type PhoneStart,
} from './phone-protocol.js';
import { objectAt, textAt, textsOf, type WireObject } from './wire-object.js';

interface Line {
  readonly input: LineInput;
  readonly speech: MarkedSpeech;
}

/** The platform takes frames of this length alone. */
const frameMs = 20;

export class VonageProtocol implements PhoneProtocol {
  readonly name = 'vonage';
  readonly heldSound = 'paused';
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
    const messages = line.speech.stepsOf(event).flatMap((step) => messagesOf(step, line.speech.output.frameBytes));
    if (event.type === 'session.ended') line.speech[Symbol.dispose]();
    return messages;
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
      case 'websocket:notify':
        return this.#line?.speech.returned(textAt(objectAt(wire, 'payload'), 'mark') ?? '') ?? [];
      default:
        return [];
    }
  }

  #begin(wire: WireObject): void {
    if (this.#line) throw new AttuneError('invalid_event', 'the call was introduced already');
    const format = lineFormatOf(textAt(wire, 'content-type') ?? '');
    this.#line = { input: new LineInput(format), speech: new MarkedSpeech(new LineOutput(format, { frameMs })) };
    const { event: _event, 'content-type': _type, ...parameters } = textsOf(wire);
    this.#start = { callId: parameters['uuid'] ?? parameters['conversation_uuid'] ?? '', parameters, maySpeak: true };
  }
}

function messagesOf(step: SpeechStep, frameBytes: number): readonly WireMessage[] {
  switch (step.kind) {
    case 'clear':
      return [JSON.stringify({ action: 'clear' })];
    case 'sound':
      return framesOf(step.bytes, frameBytes);
    case 'mark':
      return [JSON.stringify({ action: 'notify', payload: { mark: step.name } })];
  }
}
