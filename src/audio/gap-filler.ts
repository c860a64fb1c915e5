/**
 * Puts silence where a stream of frames has a hole, so that what counts audio counts lost audio too. Pure.
 *
 * The hole is read from the positions of the frames. A long one is filled at its end alone: what comes before stays a visible
 * jump, and nobody is made to listen to hours of nothing. Frames that lie before the end of the last one pass as they are.
 */
import type { AudioFrame } from './audio-frame.js';

/** Rounding of positions between rates is no hole. */
const leastGapMs = 1;

export class GapFiller {
  readonly #longestFillMs: number;
  #next: { readonly sampleRateHz: number; readonly sample: number } | undefined;

  constructor(options: { readonly longestFillMs: number }) {
    this.#longestFillMs = options.longestFillMs;
  }

  /** The frame, after the silence that is missing before it. */
  fill(frame: AudioFrame): readonly AudioFrame[] {
    const { sampleRateHz, startSample, samples } = frame;
    const next = this.#next;
    this.#next = { sampleRateHz, sample: startSample + samples.length };
    if (!next) return [frame];
    const expectedSample = Math.round((next.sample * sampleRateHz) / next.sampleRateHz);
    const gapSamples = startSample - expectedSample;
    if (gapSamples <= (leastGapMs * sampleRateHz) / 1000) return [frame];
    const filledSamples = Math.min(gapSamples, Math.round((this.#longestFillMs * sampleRateHz) / 1000));
    const silence = new Float32Array(filledSamples);
    return [{ samples: silence, sampleRateHz, startSample: startSample - filledSamples }, frame];
  }
}
