/**
 * 16-bit little-endian PCM ↔ float samples: the one place where integers become floats and back.
 *
 * One constant both ways: sample = integer / 32768, so every int16 survives a round trip. Byte streams may break within
 * a sample; `Pcm16Decoder` carries the spare byte, `decodePcm16` refuses it.
 */
import { AttuneError } from '../core/errors.js';

/** The integer that stands for 1.0; +1.0 itself is clipped to 32767. */
export const pcm16FullScale = 32_768;

const bytesPerSample = 2;

/** Decodes whole samples. Throws AUDIO_ODD_BYTE_COUNT; `field` names the input in that error. */
export function decodePcm16(bytes: Uint8Array, field = 'audio'): Float32Array {
  if (bytes.length % bytesPerSample !== 0) {
    throw new AttuneError('AUDIO_ODD_BYTE_COUNT', `16-bit audio of ${bytes.length} bytes ends within a sample`, {
      field,
    });
  }
  const samples = new Float32Array(bytes.length / bytesPerSample);
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = toFloat(bytes[2 * index]!, bytes[2 * index + 1]!);
  }
  return samples;
}

/** Encodes samples, rounded to the nearest integer and clipped to −32768…32767. NaN becomes 0. */
export function encodePcm16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * bytesPerSample);
  for (let index = 0; index < samples.length; index += 1) {
    const integer = toInt16(samples[index]!);
    bytes[2 * index] = integer & 0xff;
    bytes[2 * index + 1] = (integer >> 8) & 0xff;
  }
  return bytes;
}

/** The nearest int16 of a float sample, clipped; 0 for NaN. */
export function toInt16(sample: number): number {
  return Math.max(-pcm16FullScale, Math.min(pcm16FullScale - 1, Math.round(sample * pcm16FullScale))) | 0;
}

/** Decodes a byte stream that may be cut anywhere. One per stream. */
export class Pcm16Decoder {
  #spareByte: number | undefined;

  /** True when the bytes so far end within a sample. */
  get hasSpareByte(): boolean {
    return this.#spareByte !== undefined;
  }

  /** The samples completed by `bytes`; an odd last byte waits for the next call. The array belongs to the caller. */
  decode(bytes: Uint8Array): Float32Array {
    if (bytes.length === 0) return new Float32Array(0);
    const spare = this.#spareByte;
    const lead = spare === undefined ? 0 : 1;
    const sampleCount = (bytes.length + lead) >> 1;
    const samples = new Float32Array(sampleCount);
    let next = 0;
    if (spare !== undefined) samples[next++] = toFloat(spare, bytes[0]!);
    for (let at = lead; next < sampleCount; at += bytesPerSample) samples[next++] = toFloat(bytes[at]!, bytes[at + 1]!);
    this.#spareByte = (bytes.length + lead) % bytesPerSample === 0 ? undefined : bytes[bytes.length - 1]!;
    return samples;
  }

  /** Forgets a spare byte, as after a gap in the stream. */
  reset(): void {
    this.#spareByte = undefined;
  }
}

function toFloat(lowByte: number, highByte: number): number {
  return ((((highByte << 8) | lowByte) << 16) >> 16) / pcm16FullScale;
}
