/**
 * The last seconds of one stream, addressed by position on its timeline.
 *
 * Memory is fixed; new audio overwrites the oldest. Lost audio reads as zeros, so positions always hold. Positions that
 * lie further ahead than the ring is long leave only the new frame in it.
 */
import type { AudioFrame } from './audio-frame.js';

export class SampleRing {
  readonly sampleRateHz: number;
  readonly capacitySamples: number;
  readonly #samples: Float32Array;
  #startSample = 0;
  #endSample = 0;

  constructor(options: { readonly sampleRateHz: number; readonly capacitySamples: number }) {
    this.sampleRateHz = options.sampleRateHz;
    this.capacitySamples = options.capacitySamples;
    this.#samples = new Float32Array(options.capacitySamples);
  }

  /** Position of the oldest sample held. */
  get startSample(): number {
    return this.#startSample;
  }

  /** Position after the newest sample held; equal to `startSample` while the ring is empty. */
  get endSample(): number {
    return this.#endSample;
  }

  /** Adds a frame. One that starts before `endSample` starts the timeline anew. */
  append(frame: Pick<AudioFrame, 'samples' | 'startSample'>): void {
    const gapSamples = frame.startSample - this.#endSample;
    if (this.#endSample === this.#startSample || gapSamples < 0 || gapSamples >= this.capacitySamples) {
      this.#startSample = frame.startSample;
      this.#endSample = frame.startSample;
    } else {
      for (let position = this.#endSample; position < frame.startSample; position += 1) this.#put(position, 0);
      this.#endSample = frame.startSample;
    }
    const firstKept = Math.max(0, frame.samples.length - this.capacitySamples);
    for (let index = firstKept; index < frame.samples.length; index += 1) {
      this.#put(frame.startSample + index, frame.samples[index]!);
    }
    this.#endSample = frame.startSample + frame.samples.length;
    this.#startSample = Math.max(this.#startSample, this.#endSample - this.capacitySamples);
  }

  /** A copy of the span, cut to what the ring holds: the frame's own position and length tell what that was. */
  slice(span: { readonly startSample: number; readonly endSample: number }): AudioFrame {
    const startSample = Math.min(Math.max(span.startSample, this.#startSample), this.#endSample);
    const endSample = Math.max(startSample, Math.min(span.endSample, this.#endSample));
    const samples = new Float32Array(endSample - startSample);
    for (let index = 0; index < samples.length; index += 1) {
      samples[index] = this.#samples[(startSample + index) % this.capacitySamples]!;
    }
    return { samples, sampleRateHz: this.sampleRateHz, startSample };
  }

  /** Forgets everything. */
  clear(): void {
    this.#startSample = 0;
    this.#endSample = 0;
    this.#samples.fill(0);
  }

  #put(position: number, sample: number): void {
    this.#samples[position % this.capacitySamples] = sample;
  }
}
