/**
 * What a telephone leaves of a recording: 8 kHz and μ-law (G.711), back at the rate of the models.
 */
import { modelSampleRateHz } from './audio-frame.js';
import { decodeMulaw, encodeMulaw } from './g711.js';
import { resampleAll } from './resampler.js';

const telephoneSampleRateHz = 8_000;

/** @param samples 16 kHz mono; the result is a new array of the same rate. */
export function overTelephone(samples: Float32Array): Float32Array {
  const narrow = resampleAll(samples, { sourceRateHz: modelSampleRateHz, targetRateHz: telephoneSampleRateHz });
  return resampleAll(decodeMulaw(encodeMulaw(narrow)), {
    sourceRateHz: telephoneSampleRateHz,
    targetRateHz: modelSampleRateHz,
  });
}
