/**
 * Resamples a stream of frames and keeps its timeline: positions in, positions out, gaps visible on both sides.
 *
 * At a gap the audio before it is completed, the filter starts anew and the next frame begins at the converted position.
 */
import { assert } from '../core/assert.js';
import type { AudioFrame } from './audio-frame.js';
import { Resampler, type ResamplerOptions } from './resampler.js';

export class FrameResampler implements Disposable {
  readonly #resampler: Resampler;
  #nextInputSample: number | undefined;
  #nextOutputSample = 0;

  /** Throws AUDIO_RATE_UNSUPPORTED. */
  constructor(options: ResamplerOptions) {
    this.#resampler = new Resampler(options);
  }

  /** Frames at the target rate, in order; none while the filter still looks ahead. */
  process(frame: AudioFrame): readonly AudioFrame[] {
    assert(frame.sampleRateHz === this.#resampler.sourceRateHz, 'a frame has another rate than its resampler');
    const continues = frame.startSample === this.#nextInputSample;
    const before = continues ? [] : this.flush();
    if (!continues) this.#nextOutputSample = this.#toOutputPosition(frame.startSample);
    this.#nextInputSample = frame.startSample + frame.samples.length;
    return [...before, ...this.#place(this.#resampler.process(frame.samples))];
  }

  /** What the filter still holds; the next frame may start anywhere. */
  flush(): readonly AudioFrame[] {
    this.#nextInputSample = undefined;
    return this.#place(this.#resampler.flush());
  }

  /** Frees the filter's memory; the object must not be used afterwards. */
  [Symbol.dispose](): void {
    this.#resampler[Symbol.dispose]();
  }

  #place(samples: Float32Array): readonly AudioFrame[] {
    if (samples.length === 0) return [];
    const startSample = this.#nextOutputSample;
    this.#nextOutputSample += samples.length;
    return [{ samples, sampleRateHz: this.#resampler.targetRateHz, startSample }];
  }

  #toOutputPosition(inputSample: number): number {
    return Math.round((inputSample * this.#resampler.targetRateHz) / this.#resampler.sourceRateHz);
  }
}
