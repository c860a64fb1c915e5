/**
 * Order statistics of measured times.
 */
import { assert } from '../src/core/assert.js';
import { quantile as quantileOrNaN } from '../src/lab/latency-figures.js';

/** The smallest value that at least `share` (0…1) of the values do not exceed; at least one value is needed. */
export function quantile(values: readonly number[], share: number): number {
  assert(values.length > 0, 'a quantile of nothing');
  return quantileOrNaN(values, share);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
