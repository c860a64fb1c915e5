/**
 * How much a short block of sound is one single tone, and which. Pure but for its scratch arrays.
 *
 * Only the telephone band counts, and only tones in the range that lines signal with are looked for. The purity is what the
 * main lobe of the strongest tone has of the whole power: near 1 for a tone alone, about a half for the two of a key.
 */
import { hannWindow } from './hann-window.js';
import { RealFft } from './real-fft.js';

/** What one block is like. */
export interface ToneReading {
  /** RMS in dBFS, never below −100. */
  readonly levelDb: number;
  /** Of the strongest tone. */
  readonly frequencyHz: number;
  /** 0…1: its share of the power. */
  readonly purity: number;
}

const lowestToneHz = 380;
const highestToneHz = 2_250;
/** Hum of the mains and of rooms below, nothing of a telephone above. */
const bandHz = { lowest: 150, highest: 3_900 } as const;
const quietestDb = -100;

export class ToneMeter {
  readonly #binHz: number;
  readonly #window: Float64Array;
  readonly #block: Float64Array;
  readonly #fft: RealFft;
  readonly #power: Float64Array;
  /** Half the main lobe of the window, in bins: two bins of a transform as long as the block. */
  readonly #lobeBins: number;

  constructor({ sampleRateHz, blockSamples }: { readonly sampleRateHz: number; readonly blockSamples: number }) {
    const size = 2 ** Math.ceil(Math.log2(blockSamples));
    this.#binHz = sampleRateHz / size;
    this.#window = hannWindow(blockSamples);
    this.#block = new Float64Array(blockSamples);
    this.#fft = new RealFft(size);
    this.#power = new Float64Array(size / 2 + 1);
    this.#lobeBins = Math.ceil((2 * size) / blockSamples);
  }

  /** @param block as many samples as the meter was made for, −1…1 */
  read(block: Float32Array): ToneReading {
    let sum = 0;
    for (let n = 0; n < block.length; n += 1) {
      const sample = block[n]!;
      sum += sample * sample;
      this.#block[n] = sample * this.#window[n]!;
    }
    const levelDb = Math.max(quietestDb, 10 * Math.log10(sum / block.length + 1e-12));
    this.#fft.powerSpectrum(this.#block, this.#power);
    const peak = this.#strongestBin();
    const whole = this.#powerBetween(this.#binOf(bandHz.lowest), this.#binOf(bandHz.highest));
    const lobe = this.#powerBetween(peak - this.#lobeBins, peak + this.#lobeBins);
    return { levelDb, frequencyHz: this.#frequencyNear(peak), purity: whole === 0 ? 0 : Math.min(1, lobe / whole) };
  }

  #binOf(frequencyHz: number): number {
    return Math.min(this.#power.length - 1, Math.round(frequencyHz / this.#binHz));
  }

  #strongestBin(): number {
    let best = this.#binOf(lowestToneHz);
    for (let bin = best; bin <= this.#binOf(highestToneHz); bin += 1)
      if (this.#power[bin]! > this.#power[best]!) best = bin;
    return best;
  }

  #powerBetween(firstBin: number, lastBin: number): number {
    let sum = 0;
    for (let bin = Math.max(0, firstBin); bin <= Math.min(this.#power.length - 1, lastBin); bin += 1)
      sum += this.#power[bin]!;
    return sum;
  }

  /** The top of a parabola through the logarithms of three bins. */
  #frequencyNear(bin: number): number {
    const [below = 0, at = 0, above = 0] = [bin - 1, bin, bin + 1].map((one) =>
      Math.log((this.#power[one] ?? 0) + 1e-30),
    );
    const curvature = below - 2 * at + above;
    const shift = curvature < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (below - above)) / curvature)) : 0;
    return (bin + shift) * this.#binHz;
  }
}
