/**
 * What somebody hears who is on hold: a short soft tone every few seconds, which says that the line is still there.
 */

const frequencyHz = 440;
const toneMs = 300;
const periodMs = 5_000;
const rampMs = 40;
/** Peak; about 20 dB below speech. */
const amplitude = 0.03;

export class HoldTone {
  readonly #sampleRateHz: number;
  #at = 0;

  constructor(options: { readonly sampleRateHz: number }) {
    this.#sampleRateHz = options.sampleRateHz;
  }

  /** The samples that follow on those before. */
  next(sampleCount: number): Float32Array {
    return Float32Array.from({ length: sampleCount }, () => this.#sample());
  }

  #sample(): number {
    const ms = (this.#at * 1000) / this.#sampleRateHz;
    const seconds = ms / 1000;
    this.#at = (this.#at + 1) % ((periodMs * this.#sampleRateHz) / 1000);
    if (ms >= toneMs) return 0;
    const ramp = Math.min(1, ms / rampMs, (toneMs - ms) / rampMs);
    return amplitude * ramp * Math.sin(2 * Math.PI * frequencyHz * seconds);
  }
}
