/**
 * Asterisk's AudioSocket from Asterisk's side: 16-bit PCM at 8 kHz in frames of 20 ms over TCP, keys, and the end.
 *
 * The server sends sound at the pace at which it is heard, since nothing can be taken back; so the ear needs a jitter buffer, as
 * the telephone behind Asterisk has one.
 */
import { decodePcm16, encodePcm16 } from '../../audio/pcm16.js';
import { AttuneError } from '../../core/errors.js';
import type { WireMessage } from '../../protocols/protocol.js';
import type { CallerWire, WireEvent, WireRead } from './caller-wire.js';

/** As Asterisk's res_audiosocket has them; sound is signed linear at 8 kHz, little-endian. */
const kinds = { hangUp: 0x00, uuid: 0x01, digit: 0x03, sound: 0x10, error: 0xff } as const;

export class AudiosocketWire implements CallerWire {
  readonly name = 'Asterisk AudioSocket';
  readonly sampleRateHz = 8_000;
  readonly isGapless = true;
  readonly tellsWords = false;
  readonly awaitsGreeting = false;
  readonly playoutDelayMs = 40;
  readonly #uuid: Uint8Array;

  /** @param uuid 16 bytes: the name of the call */
  constructor(uuid: Uint8Array) {
    this.#uuid = uuid;
  }

  /** The format has neither headers nor keys. */
  headers(): Readonly<Record<string, string>> {
    return {};
  }

  hello(): readonly WireMessage[] {
    return [frameOf(kinds.uuid, this.#uuid)];
  }

  frame(samples: Float32Array): readonly WireMessage[] {
    return [frameOf(kinds.sound, encodePcm16(samples))];
  }

  skipFrame(): void {
    // The stream has no time of its own.
  }

  digit(digit: string): readonly WireMessage[] {
    return [frameOf(kinds.digit, Buffer.from(digit, 'latin1'))];
  }

  played(): readonly WireMessage[] {
    return [];
  }

  goodbye(): readonly WireMessage[] {
    return [frameOf(kinds.hangUp, new Uint8Array(0))];
  }

  read(message: WireMessage): WireRead {
    if (typeof message === 'string')
      throw new AttuneError('CONNECTION_FAILED', 'the server sent text over AudioSocket');
    const kind = message[0] ?? kinds.error;
    const payload = message.subarray(3);
    const type = `0x${kind.toString(16).padStart(2, '0')}`;
    return { message: { type }, events: eventsOf(kind, payload, type), answers: [] };
  }
}

/** Sound goes back in the kind in which it came; other kinds are told as errors. */
function eventsOf(kind: number, payload: Uint8Array, type: string): readonly WireEvent[] {
  switch (kind) {
    case kinds.sound:
      return [{ type: 'audio', samples: decodePcm16(payload) }];
    case kinds.hangUp:
      return [];
    case kinds.error:
      return [{ type: 'error', code: `AudioSocket error ${Buffer.from(payload).toString('hex')}` }];
    default:
      return [{ type: 'error', code: `unknown frame ${type}` }];
  }
}

/** A byte of kind, two of length, big-endian, and the payload. */
function frameOf(kind: number, payload: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(kind, payload.length >> 8, payload.length & 0xff), payload]);
}
