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
  options: BootstrapOptions = {},
): Interval | null {
  return intervalOf(
    clips,
    (drawn) => {
      let numerator = 0;
      let denominator = 0;
      for (const clip of drawn) {
        numerator += clip.numerator;
        denominator += clip.denominator;
      }
      return numerator / Math.max(1, denominator);
    },
    options,
  );
}

/**
 * The 95 % interval of any figure of a sample, by drawing as many items as there are with replacement. Null for fewer
 * than two. `statistic` must not keep what it is given.
 */
export function intervalOf<T>(
  items: readonly T[],
  statistic: (drawn: readonly T[]) => number,
  { sampleCount = 1_000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  if (items.length < 2) return null;
  const random = seededRandom(seed);
  const drawn = [...items];
  const figures = Float64Array.from({ length: sampleCount }, () => {
    for (let draw = 0; draw < items.length; draw += 1) drawn[draw] = items[Math.floor(random() * items.length)]!;
    return statistic(drawn);
  }).sort();
  const at = (share: number): number => figures[Math.min(sampleCount - 1, Math.floor(share * sampleCount))]!;
  return { low: at((1 - coverage) / 2), high: at((1 + coverage) / 2) };
}
