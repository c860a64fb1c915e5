/**
 * Frames of AudioSocket: one byte of kind, two bytes of length (big-endian), the payload. Cuts a byte stream into frames.
 */
import { AttuneError } from '../../core/errors.js';

export const audiosocketKind = { hangUp: 0x00, uuid: 0x01, digit: 0x03, firstSound: 0x10, error: 0xff } as const;

const headerBytes = 3;

/** @param payload at most 65,535 bytes */
export function encodeAudiosocketFrame(kind: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headerBytes + payload.length);
  frame[0] = kind;
  frame[1] = payload.length >> 8;
  frame[2] = payload.length & 0xff;
  frame.set(payload, headerBytes);
  return frame;
}

/** Throws invalid_event for anything but one whole frame. */
export function parseAudiosocketFrame(bytes: Uint8Array): { readonly kind: number; readonly payload: Uint8Array } {
  const [kind, high = 0, low = 0] = bytes;
  if (kind === undefined || bytes.length !== headerBytes + high * 256 + low)
    throw new AttuneError('invalid_event', 'this is not one frame');
  return { kind, payload: bytes.subarray(headerBytes) };
}

/** One per connection: never holds more than one begun frame of 64 KiB. */
export class AudiosocketFrames {
  #rest: Uint8Array = new Uint8Array(0);

  /** The frames that `bytes` completes, headers included. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= headerBytes) {
      const length = headerBytes + all[at + 1]! * 256 + all[at + 2]!;
      if (all.length - at < length) break;
      frames.push(all.subarray(at, at + length));
      at += length;
    }
    this.#rest = all.slice(at);
    return frames;
  }
}
