/**
 * Triangular mel filters: from the power spectrum of one frame to the energy of each band.
 *
 * Owns the two mel scales models are trained on. `htk` is 2595·log10(1 + f/700) with filters of peak 1; `slaney` is
 * linear to 1 kHz and logarithmic above, with filters of area 1, as librosa's default. Knows no frames and no logarithm.
 */

export interface MelFilterBankOptions {
  readonly bandCount: number;
  readonly lowestHz: number;
  readonly highestHz: number;
  readonly scale: 'htk' | 'slaney';
  readonly fftSize: number;
  readonly sampleRateHz: number;
}

/** One triangular filter: weights for the FFT bins from `firstBin` on. */
interface MelFilter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

interface MelScale {
  readonly melOf: (hz: number) => number;
  readonly hzOf: (mel: number) => number;
}

/** Slaney's scale (Auditory Toolbox): 200/3 Hz a step to 1 kHz, then 27 steps for a factor of 6.4. */
const slaney = { hzPerMel: 200 / 3, breakHz: 1_000, breakMel: 15, logStep: Math.log(6.4) / 27 };

const scales: Readonly<Record<MelFilterBankOptions['scale'], MelScale>> = {
  htk: {
    melOf: (hz) => 2595 * Math.log10(1 + hz / 700),
    hzOf: (mel) => 700 * (10 ** (mel / 2595) - 1),
  },
  slaney: {
    melOf: (hz) =>
      hz < slaney.breakHz ? hz / slaney.hzPerMel : slaney.breakMel + Math.log(hz / slaney.breakHz) / slaney.logStep,
    hzOf: (mel) =>
      mel < slaney.breakMel
        ? mel * slaney.hzPerMel
        : slaney.breakHz * Math.exp(slaney.logStep * (mel - slaney.breakMel)),
  },
};

export class MelFilterBank {
  /** Frequency at the peak of each band, in Hz, ascending. */
  readonly centresHz: readonly number[];
  readonly #filters: readonly MelFilter[];

  constructor(options: MelFilterBankOptions) {
    const { bandCount, lowestHz, highestHz, scale, fftSize, sampleRateHz } = options;
    const { melOf, hzOf } = scales[scale];
    const lowestMel = melOf(lowestHz);
    const stepMel = (melOf(highestHz) - lowestMel) / (bandCount + 1);
    const edgeHz = (index: number): number => hzOf(lowestMel + index * stepMel);
    const binHz = sampleRateHz / fftSize;
    this.centresHz = Array.from({ length: bandCount }, (_, band) => edgeHz(band + 1));
    this.#filters = Array.from({ length: bandCount }, (_, band) => {
      const leftHz = edgeHz(band);
      const centreHz = edgeHz(band + 1);
      const rightHz = edgeHz(band + 2);
      const peak = scale === 'slaney' ? 2 / (rightHz - leftHz) : 1;
      const firstBin = Math.ceil(leftHz / binHz);
      const lastBin = Math.min(fftSize / 2, Math.floor(rightHz / binHz));
      const weights = Float64Array.from({ length: lastBin - firstBin + 1 }, (_, offset) => {
        const hz = (firstBin + offset) * binHz;
        const rising = (hz - leftHz) / (centreHz - leftHz);
        const falling = (rightHz - hz) / (rightHz - centreHz);
        return peak * Math.max(0, Math.min(rising, falling));
      });
      return { firstBin, weights };
    });
  }

  get bandCount(): number {
    return this.#filters.length;
  }

  /** Energy of one band. @param power `|X[k]|²` for k = 0…fftSize/2 */
  energy(band: number, power: Float64Array): number {
    const { firstBin, weights } = this.#filters[band]!;
    let energy = 0;
    for (let at = 0; at < weights.length; at += 1) {
      energy += weights[at]! * power[firstBin + at]!;
    }
    return energy;
  }
}
