/**
 * Log-mel features as NVIDIA NeMo's `AudioToMelSpectrogramPreprocessor` makes them, for models exported from it.
 *
 * 16 kHz mono. Pre-emphasis 0.97; frame t covers samples [160·t − 200, 160·t + 200), zeros outside the recording,
 * symmetric Hann, zero-padded to 512; power spectrum; 80 Slaney filters from 0 to 8000 Hz; natural logarithm of
 * energy + 2^−24. With `per-feature` each band is brought to mean 0 and standard deviation 1 over the recording.
 * Dither, which only training uses, is left out. Values are laid out band by band, `[80, frames]`, as the models read
 * them.
 */
import { hannWindow } from './hann-window.js';
import { featureSampleRateHz, frameSamples, hopSamples, melBandCount } from './mel.js';
import { MelFilterBank } from './mel-filter-bank.js';
import { RealFft } from './real-fft.js';

/** What is done to the bands of one recording. */
export type MelNormalisation = 'per-feature' | 'none';

export interface BandMajorMel {
  readonly frames: number;
  /** Value of band b in frame t is `data[b·frames + t]`. */
  readonly data: Float32Array;
}

const fftSize = 512;
const preEmphasis = 0.97;
const logGuard = 2 ** -24;
const deviationGuard = 1e-5;

const filterBank = new MelFilterBank({
  bandCount: melBandCount,
  lowestHz: 0,
  highestHz: featureSampleRateHz / 2,
  scale: 'slaney',
  fftSize,
  sampleRateHz: featureSampleRateHz,
});
/** A symmetric window of n points is a periodic one of n − 1 with its first point repeated at the end. */
const window = Float64Array.from([...hannWindow(frameSamples - 1), 0]);

/** Features of a whole recording; empty below one hop (10 ms). The result is the caller's. */
export function normalisedMel(samples: Float32Array, normalisation: MelNormalisation): BandMajorMel {
  const frames = Math.floor(samples.length / hopSamples);
  const data = new Float32Array(frames * melBandCount);
  const fft = new RealFft(fftSize);
  const block = new Float64Array(frameSamples);
  const power = new Float64Array(fftSize / 2 + 1);
  for (let frame = 0; frame < frames; frame += 1) {
    const start = frame * hopSamples - frameSamples / 2;
    for (let n = 0; n < frameSamples; n += 1) block[n] = window[n]! * emphasised(samples, start + n);
    fft.powerSpectrum(block, power);
    for (let band = 0; band < melBandCount; band += 1) {
      data[band * frames + frame] = Math.log(filterBank.energy(band, power) + logGuard);
    }
  }
  if (normalisation === 'per-feature') {
    for (let band = 0; band < melBandCount; band += 1) standardise(data.subarray(band * frames, (band + 1) * frames));
  }
  return { frames, data };
}

function emphasised(samples: Float32Array, at: number): number {
  if (at < 0 || at >= samples.length) return 0;
  return samples[at]! - (at === 0 ? 0 : preEmphasis * samples[at - 1]!);
}

/** Mean 0 and (unbiased) standard deviation 1, in place. */
function standardise(values: Float32Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1)) + deviationGuard;
  for (let at = 0; at < values.length; at += 1) values[at] = (values[at]! - mean) / deviation;
}
