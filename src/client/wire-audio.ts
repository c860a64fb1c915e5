/**
 * Samples to the wire's base64 of 16-bit little-endian PCM and back, with what browsers have.
 */

/** The rate of the API's PCM. */
export const wireSampleRateHz = 24_000;

/** Bytes per call of `String.fromCharCode`; far below any engine's limit on arguments. */
const sliceBytes = 8_192;

export function encodeWireAudio(samples: Float32Array): string {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < samples.length; index += 1) {
    const clipped = Math.max(-1, Math.min(1, samples[index]!));
    view.setInt16(index * 2, Math.max(-32_768, Math.min(32_767, Math.round(clipped * 32_768))), true);
  }
  let binary = '';
  for (let start = 0; start < bytes.length; start += sliceBytes)
    binary += String.fromCharCode(...bytes.subarray(start, start + sliceBytes));
  return btoa(binary);
}

/** An odd last byte is left out. */
export function decodeWireAudio(base64: string): Float32Array {
  const binary = atob(base64);
  const samples = new Float32Array(binary.length >> 1);
  for (let index = 0; index < samples.length; index += 1) {
    const unsigned = binary.charCodeAt(index * 2) | (binary.charCodeAt(index * 2 + 1) << 8);
    samples[index] = ((unsigned << 16) >> 16) / 32_768;
  }
  return samples;
}
