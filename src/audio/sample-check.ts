/**
 * Guards against samples that are no audio: NaN, infinities and values of another scale.
 */
import { AttuneError } from '../core/errors.js';

/** Magnitude up to which a sample passes as audio: 18 dB over full scale. Integers mistaken for floats lie far above. */
export const largestPlausibleSample = 8;

/** Throws AUDIO_SAMPLE_INVALID at the first sample that is not finite or beyond ±8; `field` names the input. */
export function checkSamples(samples: Float32Array, field = 'audio'): void {
  for (let index = 0; index < samples.length; index += 1) {
    const magnitude = Math.abs(samples[index]!);
    if (magnitude <= largestPlausibleSample) continue;
    throw new AttuneError('AUDIO_SAMPLE_INVALID', `sample ${index} is ${samples[index]!}`, { field });
  }
}
