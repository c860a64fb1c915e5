/**
 * Loudness over time in the few bands that a telephone carries, for comparing two recordings of the same sound.
 *
 * Frames of 20 ms every 10 ms at 16 kHz, periodic Hann, ten triangular bands from 200 to 3,600 Hz (Slaney's mel scale, area
 * 1). Values are dB relative to a full-scale sine in the band, never below `quietestBandDb`. Streaming in any split gives the
 * same numbers.
 */
import { hannWindow } from './hann-window.js';
import { MelFilterBank } from './mel-filter-bank.js';
import { RealFft } from './real-fft.js';

export const bandCount = 10;
export const bandHopMs = 10;
/** About what the coarsest step of μ-law leaves in a band of silence. */
export const quietestBandDb = -90;

const sampleRateHz = 16_000;
const hopSamples = (bandHopMs * sampleRateHz) / 1_000;
const frameSamples = 2 * hopSamples;
const fftSize = 512;
/** Σ window² · N/2 for a sine of amplitude 1, so that it reads as 0 dB. */
const fullScale = (frameSamples * 0.5) ** 2 / 4;

const filterBank = new MelFilterBank({
  bandCount,
  lowestHz: 200,
  highestHz: 3_600,
  scale: 'slaney',
  fftSize,
  sampleRateHz,
});
const window = hannWindow(frameSamples);
const areaScale = 100;

export class BandLevelStream {
  readonly #fft = new RealFft(fftSize);
  readonly #windowed = new Float64Array(frameSamples);
  readonly #power = new Float64Array(fftSize / 2 + 1);
  #pending = new Float32Array(0);

  /** Takes the next samples (copied), 16 kHz, −1…1; returns the frames that became complete, row-major [frames, bandCount]. */
  accept(samples: Float32Array): Float32Array {
    const joined = new Float32Array(this.#pending.length + samples.length);
    joined.set(this.#pending);
    joined.set(samples, this.#pending.length);
    const frames = Math.max(0, Math.floor((joined.length - frameSamples) / hopSamples) + 1);
    const levels = new Float32Array(frames * bandCount);
    for (let frame = 0; frame < frames; frame += 1) this.#analyse(joined, frame, levels);
    this.#pending = joined.slice(frames * hopSamples);
    return levels;
  }

  /** The next sample starts a new recording. */
  reset(): void {
    this.#pending = new Float32Array(0);
  }

  #analyse(samples: Float32Array, frame: number, levels: Float32Array): void {
    for (let n = 0; n < frameSamples; n += 1) this.#windowed[n] = samples[frame * hopSamples + n]! * window[n]!;
    this.#fft.powerSpectrum(this.#windowed, this.#power);
    for (let band = 0; band < bandCount; band += 1) {
      const level = 10 * Math.log10((filterBank.energy(band, this.#power) * areaScale) / fullScale + 1e-9);
      levels[frame * bandCount + band] = Math.max(quietestBandDb, level);
    }
  }
}
