/**
 * Asterisk's AudioSocket: frames of a kind, a length and a payload over TCP. Reassembly of the byte stream is
 * audiosocket-frames.ts; a message here is one whole frame.
 *
 * Only sound and the end may be sent; Asterisk drops a call that sends anything else. It plays whatever arrives, so sound is paced.
 */
import { AttuneError } from '../../core/errors.js';
import { silencesAssistant, type ClientEvent, type SessionEvent } from '../../session/events.js';
import type { WireMessage } from '../protocol.js';
import { audiosocketKind, encodeAudiosocketFrame, parseAudiosocketFrame } from './audiosocket-frames.js';
import { framesOf, LineInput, LineOutput } from './line-audio.js';
import type { LineFormat } from './line-format.js';
import {
  decoded,
  digitEvents,
  started,
  type PhoneEvent,
  type PhoneProtocol,
  type PhoneStart,
} from './phone-protocol.js';

const frameMs = 20;

/** Rates by kind of sound, from 0x10 on. */
const rates = [8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] as const;

export class AudiosocketProtocol implements PhoneProtocol {
  readonly name = 'audiosocket';
  readonly heldSound = 'paused';
  readonly pacedFrameMs = frameMs;
  #start: PhoneStart | null = null;
  #input: { readonly kind: number; readonly line: LineInput } | undefined;
  /** 8 kHz, which every Asterisk understands, until the caller's side is seen to be better. */
  #kind: number = audiosocketKind.firstSound;
  #output: LineOutput | undefined;

  get start(): PhoneStart | null {
    return this.#start;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return decoded(() => {
      if (typeof message === 'string') throw new AttuneError('invalid_event', 'text is not understood');
      return this.#eventsOf(message);
    });
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    if (silencesAssistant(event)) this.#output?.drop();
    switch (event.type) {
      case 'line.audio':
      case 'reply.audio': {
        const output = (this.#output ??= new LineOutput(formatOf(this.#kind), { frameMs }));
        return this.#frames(output.push(event.samples, event.sampleRateHz));
      }
      case 'reply.message.ended':
        return event.item.status === 'completed' ? this.#frames(this.#output?.flush() ?? new Uint8Array(0)) : [];
      case 'session.ended':
        this.#output?.[Symbol.dispose]();
        return [encodeAudiosocketFrame(audiosocketKind.hangUp, new Uint8Array(0))];
      default:
        return [];
    }
  }

  #frames(bytes: Uint8Array): readonly Uint8Array[] {
    return framesOf(bytes, this.#output?.frameBytes ?? 1).map((frame) => encodeAudiosocketFrame(this.#kind, frame));
  }

  #eventsOf(message: Uint8Array): readonly PhoneEvent[] {
    const { kind, payload } = parseAudiosocketFrame(message);
    switch (kind) {
      case audiosocketKind.hangUp:
        return [{ type: 'hang-up', farewell: null }];
      case audiosocketKind.uuid:
        this.#begin(payload);
        return [];
      case audiosocketKind.digit:
        return digitEvents(Buffer.from(payload).toString('latin1'));
      case audiosocketKind.error:
        return [];
      default:
        return kind >= audiosocketKind.firstSound && kind < audiosocketKind.firstSound + rates.length
          ? this.#heard(kind, payload)
          : [];
    }
  }

  #begin(payload: Uint8Array): void {
    if (this.#start) throw new AttuneError('invalid_event', 'the call was introduced already');
    if (payload.length !== 16) throw new AttuneError('invalid_event', 'the name of a call has 16 bytes');
    const hex = Buffer.from(payload).toString('hex');
    const callId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-');
    this.#start = { callId, parameters: {}, maySpeak: true };
  }

  #heard(kind: number, payload: Uint8Array): readonly PhoneEvent[] {
    started(this.#start);
    if (payload.length === 0) return [];
    if (this.#input?.kind !== kind) {
      this.#input = { kind, line: new LineInput(formatOf(kind)) };
      if (this.#output === undefined) this.#kind = kind;
    }
    return [{ type: 'audio', frame: this.#input.line.decode(payload) }];
  }
}

function formatOf(kind: number): LineFormat {
  return { encoding: 'l16', sampleRateHz: rates[kind - audiosocketKind.firstSound] ?? rates[0] };
}
