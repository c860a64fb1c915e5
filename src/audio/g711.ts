/**
 * G.711 telephone audio, μ-law and A-law, ↔ float samples (ITU-T G.711, 1988).
 *
 * Decoding reads a table of 256; encoding finds segment and step of the 16-bit value. The codes travel with the bit
 * inversions of the standard (all bits for μ-law, even bits for A-law), as on the wire.
 */
import { pcm16FullScale, toInt16 } from './pcm16.js';

/** Added before the μ-law segments so that they become powers of two; 33 in the standard's 14-bit scale. */
const mulawBias = 0x84;
const mulawClip = 32_635;

const mulawTable = Float32Array.from({ length: 256 }, (_, code) => expandMulaw(code) / pcm16FullScale);
const alawTable = Float32Array.from({ length: 256 }, (_, code) => expandAlaw(code) / pcm16FullScale);

/** One sample a byte; the array belongs to the caller. */
export function decodeMulaw(bytes: Uint8Array): Float32Array {
  return decode(bytes, mulawTable);
}

/** One byte a sample; louder than the code's maximum is clipped. */
export function encodeMulaw(samples: Float32Array): Uint8Array {
  return encode(samples, compressMulaw);
}

/** One sample a byte; the array belongs to the caller. */
export function decodeAlaw(bytes: Uint8Array): Float32Array {
  return decode(bytes, alawTable);
}

/** One byte a sample; louder than the code's maximum is clipped. */
export function encodeAlaw(samples: Float32Array): Uint8Array {
  return encode(samples, compressAlaw);
}

function decode(bytes: Uint8Array, table: Float32Array): Float32Array {
  const samples = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) samples[index] = table[bytes[index]!]!;
  return samples;
}

function encode(samples: Float32Array, compress: (value: number) => number): Uint8Array {
  const bytes = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index += 1) bytes[index] = compress(toInt16(samples[index]!));
  return bytes;
}

function expandMulaw(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + mulawBias) << ((inverted & 0x70) >> 4)) - mulawBias;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function compressMulaw(value: number): number {
  const sign = value < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(value), mulawClip) + mulawBias;
  const segment = 24 - Math.clz32(biased);
  const step = (biased >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | step) & 0xff;
}

function expandAlaw(code: number): number {
  const toggled = code ^ 0x55;
  const segment = (toggled & 0x70) >> 4;
  const step = ((toggled & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return toggled & 0x80 ? magnitude : -magnitude;
}

function compressAlaw(value: number): number {
  const sign = value < 0 ? 0 : 0x80;
  // Negative values are one's complement in the standard's 13-bit scale: −1…−16 share the code below zero.
  const magnitude = value < 0 ? ~value : value;
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const step = (magnitude >> (segment < 2 ? 4 : segment + 3)) & 0x0f;
  return (sign | (segment << 4) | step) ^ 0x55;
}
