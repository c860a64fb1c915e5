/**
 * Spearman's rank correlation: whether one quantity rises with another, however bent the curve.
 */
import { assert } from '../src/core/assert.js';

/**
 * −1…1 over pairs (x[i], y[i]), ties sharing their mean rank; NaN when either side never changes. Both have the same
 * length, at least two.
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  assert(x.length === y.length && x.length >= 2, 'a rank correlation needs pairs, at least two');
  return correlation(ranksOf(x), ranksOf(y));
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranksOf(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [covariance, varianceX, varianceY] = [0, 0, 0];
  for (const [index, valueX] of x.entries()) {
    const [dx, dy] = [valueX - meanX, y[index]! - meanY];
    covariance += dx * dy;
    varianceX += dx * dx;
    varianceY += dy * dy;
  }
  return covariance / Math.sqrt(varianceX * varianceY);
}
