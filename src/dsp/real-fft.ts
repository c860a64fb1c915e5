/**
 * A typed face for the FFT library: real input, power spectrum or cross-correlation out.
 *
 * Owns the scratch arrays, so one instance serves one caller at a time and allocates nothing per
 * call. Knows no windows, hops or mel bands.
 *
 * Invariant: the size is a power of two, at least 4 (a demand of the library).
 */
import FftLibrary from 'fft.js';

/** What is used of `fft.js`; its own declarations type every argument as `any`. */
interface ComplexFft {
  realTransform(out: Float64Array, data: Float64Array): void;
  completeSpectrum(spectrum: Float64Array): void;
  inverseTransform(out: Float64Array, data: Float64Array): void;
}

const createFft = FftLibrary as unknown as new (size: number) => ComplexFft;

/** Fourier transforms of real blocks of one fixed size; results are overwritten by the next call. */
export class RealFft {
  /** Block length in samples. */
  readonly size: number;
  readonly #fft: ComplexFft;
  readonly #input: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #correlation: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#fft = new createFft(size);
    this.#input = new Float64Array(size);
    this.#left = new Float64Array(2 * size);
    this.#right = new Float64Array(2 * size);
    this.#correlation = new Float64Array(2 * size);
  }

  /**
   * `|X[k]|²` for k = 0…size/2 into `power` (length size/2 + 1). `block` may be shorter than the
   * size; the rest counts as zeros.
   */
  powerSpectrum(block: Float64Array, power: Float64Array): void {
    this.#transform(block, this.#left);
    for (let bin = 0; bin <= this.size / 2; bin += 1) {
      const real = this.#left[2 * bin]!;
      const imaginary = this.#left[2 * bin + 1]!;
      power[bin] = real * real + imaginary * imaginary;
    }
  }

  /**
   * `out[lag] = Σ reference[n]·signal[n + lag]` for every lag that `out` has room for. Exact, not
   * circular, while `out.length + reference.length ≤ size + 1` and `signal.length ≤ size`.
   */
  crossCorrelation(reference: Float64Array, signal: Float64Array, out: Float64Array): void {
    const left = this.#left;
    const right = this.#right;
    this.#transform(reference, left);
    this.#transform(signal, right);
    for (let at = 0; at <= this.size; at += 2) {
      const real = left[at]! * right[at]! + left[at + 1]! * right[at + 1]!;
      const imaginary = left[at]! * right[at + 1]! - left[at + 1]! * right[at]!;
      left[at] = real;
      left[at + 1] = imaginary;
    }
    this.#fft.completeSpectrum(left);
    this.#fft.inverseTransform(this.#correlation, left);
    for (let lag = 0; lag < out.length; lag += 1) out[lag] = this.#correlation[2 * lag]!;
  }

  #transform(block: Float64Array, spectrum: Float64Array): void {
    this.#input.fill(0);
    this.#input.set(block);
    this.#fft.realTransform(spectrum, this.#input);
  }
}
