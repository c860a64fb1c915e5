/**
 * Samples to base64 of 16-bit little-endian PCM and back, with what browsers have.
 */
import { deinterleave } from '../audio/decoded-audio.js';
import { decodePcm16, encodePcm16 } from '../audio/pcm16.js';
import { readWavLayout } from '../audio/wav-layout.js';
import { AttuneError } from '../core/errors.js';

/** The rate of the API's PCM. */
export const wireSampleRateHz = 24_000;

/** Samples at a rate of their own. */
export interface Sound {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

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
  const bytes = bytesOf(base64);
  return decodePcm16(bytes.subarray(0, bytes.length - (bytes.length % 2)));
}

/** A whole WAV file of 16-bit PCM; of several channels the first. Throws AUDIO_FORMAT_UNSUPPORTED or AUDIO_CORRUPT. */
export function decodeWireWav(base64: string): Sound {
  const { format, bitsPerSample, channelCount, sampleRateHz, data } = readWavLayout(bytesOf(base64), { field: 'data' });
  if (format !== 1 || bitsPerSample !== 16)
    throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', 'sound that is not 16-bit PCM is not played', { field: 'data' });
  return { samples: deinterleave(decodePcm16(data), channelCount)[0]!, sampleRateHz };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
