/**
 * Changes the sample rate of a stream without seams: windowed sinc, any ratio, pure JavaScript.
 *
 * Runs on the browser's audio thread, which the server's WebAssembly resampler does not reach. Output sample n stands at
 * input position n · source / target; it leaves once the samples that its kernel needs have come.
 */

/** Zero crossings of the kernel on each side; more is sharper and slower. */
const lobes = 12;
/** Points of the kernel's table between two zero crossings, read with linear interpolation. */
const pointsPerLobe = 256;
/** Share of the lower Nyquist frequency that passes; the rest is the kernel's slope. */
const passShare = 0.92;

export interface StreamRates {
  readonly sourceRateHz: number;
  readonly targetRateHz: number;
}

export class StreamResampler {
  readonly #step: number;
  /** Kernel width in input samples, one side. */
  readonly #reach: number;
  readonly #cutoff: number;
  #held = new Float32Array(0);
  /** Position of the first held sample on the input's timeline. */
  #heldStart: number;
  #nextOutput = 0;

  constructor({ sourceRateHz, targetRateHz }: StreamRates) {
    this.#step = sourceRateHz / targetRateHz;
    this.#cutoff = this.#step === 1 ? 1 : passShare * Math.min(1, targetRateHz / sourceRateHz);
    this.#reach = Math.ceil(lobes / this.#cutoff);
    // Silence stands before the first sample.
    this.#heldStart = -this.#reach;
    this.#held = new Float32Array(this.#reach);
  }

  /** What can be said after `input`; always a new array. */
  process(input: Float32Array): Float32Array {
    if (this.#step === 1) return input.slice();
    this.#hold(input);
    const heldEnd = this.#heldStart + this.#held.length;
    const ready = Math.max(0, Math.ceil((heldEnd - this.#reach) / this.#step) - this.#nextOutput);
    const output = new Float32Array(ready);
    for (let index = 0; index < ready; index += 1) output[index] = this.#at((this.#nextOutput + index) * this.#step);
    this.#nextOutput += ready;
    this.#forget();
    return output;
  }

  #hold(input: Float32Array): void {
    const held = new Float32Array(this.#held.length + input.length);
    held.set(this.#held);
    held.set(input, this.#held.length);
    this.#held = held;
  }

  /** Lets go of what no later sample needs. */
  #forget(): void {
    const first = Math.floor(this.#nextOutput * this.#step) - this.#reach;
    const surplus = Math.min(this.#held.length, Math.max(0, first - this.#heldStart));
    this.#held = this.#held.slice(surplus);
    this.#heldStart += surplus;
  }

  #at(position: number): number {
    const first = Math.max(this.#heldStart, Math.ceil(position - this.#reach));
    const last = Math.min(this.#heldStart + this.#held.length - 1, Math.floor(position + this.#reach));
    let sum = 0;
    for (let sample = first; sample <= last; sample += 1)
      sum += this.#held[sample - this.#heldStart]! * kernelAt(Math.abs(position - sample) * this.#cutoff);
    return sum * this.#cutoff;
  }
}

/** The kernel at a distance in zero crossings. */
function kernelAt(distance: number): number {
  const point = distance * pointsPerLobe;
  const below = Math.floor(point);
  const left = kernel[below] ?? 0;
  return left + ((kernel[below + 1] ?? 0) - left) * (point - below);
}

/** Sinc under a Blackman window, 0 … `lobes`. */
const kernel = Float32Array.from({ length: lobes * pointsPerLobe + 2 }, (_, index) => {
  const x = index / pointsPerLobe;
  if (x >= lobes) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  const phase = Math.PI * (1 + x / lobes);
  return sinc * (0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
});
