/**
 * Log-mel features, the input of the speech-to-text and emotion models.
 *
 * Owns the frame grid and the choice of filters: 16 kHz mono, frame t covers samples [160·t, 160·t + 400),
 * periodic Hann, zero-padded to 512, power spectrum, 80 triangular filters of peak 1 on the HTK mel
 * scale (2595·log10(1 + f/700)) from 20 to 7600 Hz, natural logarithm with a floor of 1e-10.
 * No dither, no pre-emphasis, no normalisation: models normalise inside their graphs.
 *
 * Invariant: streaming in any split gives the same numbers as one batch call.
 */
import { hannWindow } from './hann-window.js';
import { MelFilterBank } from './mel-filter-bank.js';
import { RealFft } from './real-fft.js';

/** Sample rate of every feature in this folder, in Hz. */
export const featureSampleRateHz = 16_000;
/** Samples from one frame's start to the next: 10 ms. */
export const hopSamples = 160;
/** Samples under one frame's window: 25 ms. */
export const frameSamples = 400;
/** Values per log-mel frame. */
export const melBandCount = 80;

const fftSize = 512;
const lowestHz = 20;
const highestHz = 7600;
const energyFloor = 1e-10;

/** Log-mel frames, row-major: value of band b in frame t is `data[t·80 + b]`. */
export interface LogMelFrames {
  readonly frames: number;
  readonly data: Float32Array;
}

/** Frames wholly inside `sampleCount` samples; 0 when there is less than one window. */
export function frameCountOf(sampleCount: number): number {
  return sampleCount < frameSamples ? 0 : Math.floor((sampleCount - frameSamples) / hopSamples) + 1;
}

const filterBank = new MelFilterBank({
  bandCount: melBandCount,
  lowestHz,
  highestHz,
  scale: 'htk',
  fftSize,
  sampleRateHz: featureSampleRateHz,
});

/** Frequency at the peak of each mel band, in Hz, ascending. */
export const melBandCentresHz: readonly number[] = filterBank.centresHz;

const window = hannWindow(frameSamples);

/** Computes single frames; owns scratch memory, so one instance belongs to one caller. */
class FrameAnalyser {
  readonly #fft = new RealFft(fftSize);
  readonly #windowed = new Float64Array(frameSamples);
  readonly #power = new Float64Array(fftSize / 2 + 1);

  /** Writes the 80 values of the frame that starts at `startSample` to `out` from `outOffset` on. */
  analyse(
    samples: Float32Array,
    startSample: number,
    target: { readonly out: Float32Array; readonly outOffset: number },
  ): void {
    for (let n = 0; n < frameSamples; n += 1) {
      this.#windowed[n] = samples[startSample + n]! * window[n]!;
    }
    this.#fft.powerSpectrum(this.#windowed, this.#power);
    for (let band = 0; band < melBandCount; band += 1) {
      const energy = filterBank.energy(band, this.#power);
      target.out[target.outOffset + band] = Math.log(Math.max(energy, energyFloor));
    }
  }

  /** All whole frames in `samples`. */
  analyseAll(samples: Float32Array): LogMelFrames {
    const frames = frameCountOf(samples.length);
    const data = new Float32Array(frames * melBandCount);
    for (let frame = 0; frame < frames; frame += 1) {
      this.analyse(samples, frame * hopSamples, { out: data, outOffset: frame * melBandCount });
    }
    return { frames, data };
  }
}

const batchAnalyser = new FrameAnalyser();

/** Log-mel frames of a whole recording: 16 kHz mono, −1…1. The result is the caller's. */
export function logMel(samples: Float32Array): LogMelFrames {
  return batchAnalyser.analyseAll(samples);
}

/** Log-mel frames of a stream that arrives in pieces of any size. */
export class LogMelStream {
  readonly #analyser = new FrameAnalyser();
  #pending = new Float32Array(0);

  /**
   * Takes the next samples (copied; the caller keeps its array) and returns the frames that became
   * complete, row-major `[frames, 80]`, possibly empty. The result is the caller's.
   */
  accept(samples: Float32Array): Float32Array {
    const joined = new Float32Array(this.#pending.length + samples.length);
    joined.set(this.#pending);
    joined.set(samples, this.#pending.length);
    const { frames, data } = this.#analyser.analyseAll(joined);
    this.#pending = joined.slice(frames * hopSamples);
    return data;
  }

  /** Forgets what waits for the next frame; the next sample starts frame 0 again. */
  reset(): void {
    this.#pending = new Float32Array(0);
  }
}
