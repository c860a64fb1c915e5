/**
 * Where each piece of a caller's sound belongs, from the platform's timestamps: missing time stays visible as a jump. Pure.
 *
 * Timestamps jitter by less than half a frame and drift against the samples; only a step of a whole frame is lost sound. A step
 * that no line explains means another clock: the sound then follows on.
 */

const leastGapMs = 15;
const longestGapMs = 10_000;

export class MediaTimeline {
  readonly #sampleRateHz: number;
  #originMs: number | undefined;
  #nextSample = 0;

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
  }

  /** The position of the first of `sampleCount` samples. */
  place(timestampMs: number | null, sampleCount: number): number {
    const nextMs = (this.#nextSample * 1000) / this.#sampleRateHz;
    let startSample = this.#nextSample;
    if (timestampMs !== null && Number.isFinite(timestampMs)) {
      this.#originMs ??= timestampMs - nextMs;
      const gapMs = timestampMs - this.#originMs - nextMs;
      if (Math.abs(gapMs) > longestGapMs) this.#originMs = timestampMs - nextMs;
      else if (gapMs >= leastGapMs) startSample += Math.round((gapMs * this.#sampleRateHz) / 1000);
    }
    this.#nextSample = startSample + sampleCount;
    return startSample;
  }

  /** Sound of `durationMs` is missing before what comes next. */
  skip(durationMs: number): void {
    this.#nextSample += Math.round((Math.min(durationMs, longestGapMs) * this.#sampleRateHz) / 1000);
  }
}
