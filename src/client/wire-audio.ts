/**
 * Samples to the wire's base64 of 16-bit little-endian PCM and back, with what browsers have.
 */
import { decodePcm16, encodePcm16 } from '../audio/pcm16.js';

/** The rate of the API's PCM. */
export const wireSampleRateHz = 24_000;

/** Bytes per call of `String.fromCharCode`; far below any engine's limit on arguments. */
const sliceBytes = 8_192;

export function encodeWireAudio(samples: Float32Array): string {
  const bytes = encodePcm16(samples);
  let binary = '';
  for (let start = 0; start < bytes.length; start += sliceBytes)
    binary += String.fromCharCode(...bytes.subarray(start, start + sliceBytes));
  return btoa(binary);
}

/** An odd last byte is left out. */
export function decodeWireAudio(base64: string): Float32Array {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length - (binary.length % 2));
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return decodePcm16(bytes);
}
