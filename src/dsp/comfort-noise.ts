/**
 * Soft noise at a stated level, so that a silent line does not sound dead. Endless, never twice the same within a call.
 *
 * The level is that of RFC 3389: RMS in dB below the largest there is (dBov). White noise through one pole is easier on the ear
 * than hiss; the pole is scaled so that the level holds.
 */
import { seededRandom } from '../core/seeded-random.js';

/** Of the pole: −3 dB at about 1.3 kHz of 16,000 samples a second. */
const smoothing = 0.6;
/** Power of white noise in −1…1 that is smoothed: 1/3 · (1 − a) / (1 + a). */
const smoothedRms = Math.sqrt((1 / 3) * ((1 - smoothing) / (1 + smoothing)));

export class ComfortNoise {
  readonly #random: () => number;
  readonly #scale: number;
  #last = 0;

  /** @param options.levelDbov −30 is loud, −70 hardly there */
  constructor(options: { readonly levelDbov: number; readonly seed: number }) {
    this.#random = seededRandom(options.seed);
    this.#scale = 10 ** (options.levelDbov / 20) / smoothedRms;
  }

  /** The samples that follow on those before. */
  next(sampleCount: number): Float32Array {
    return Float32Array.from({ length: sampleCount }, () => {
      this.#last = smoothing * this.#last + (1 - smoothing) * (2 * this.#random() - 1);
      return this.#scale * this.#last;
    });
  }
}
