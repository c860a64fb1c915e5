/**
 * How sure a figure over clips is: the bootstrap interval (Efron 1979), resampling whole clips because the words of a
 * clip succeed and fail together (Bisani and Ney 2004).
 */
import { seededRandom } from './seeded-random.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Samples drawn; 1,000 by default. */
  readonly sampleCount?: number;
  /** The same seed gives the same interval. */
  readonly seed?: number;
}

const coverage = 0.95;

/**
 * The 95 % interval of a rate of sums: numerators over denominators of clips drawn with replacement. Null for fewer than
 * two clips.
 */
export function bootstrapInterval(
  clips: readonly { readonly numerator: number; readonly denominator: number }[],
  { sampleCount = 1_000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  if (clips.length < 2) return null;
  const random = seededRandom(seed);
  const rates = Float64Array.from({ length: sampleCount }, () => {
    let numerator = 0;
    let denominator = 0;
    for (let draw = 0; draw < clips.length; draw += 1) {
      const clip = clips[Math.floor(random() * clips.length)]!;
      numerator += clip.numerator;
      denominator += clip.denominator;
    }
    return numerator / Math.max(1, denominator);
  }).sort();
  const at = (share: number): number => rates[Math.min(sampleCount - 1, Math.floor(share * sampleCount))]!;
  return { low: at((1 - coverage) / 2), high: at((1 + coverage) / 2) };
}
