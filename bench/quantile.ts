/**
 * Order statistics of measured times.
 */
import { assert, defined } from '../src/core/assert.js';

/** The smallest value that at least `share` (0…1) of the values do not exceed; at least one value is needed. */
export function quantile(values: readonly number[], share: number): number {
  assert(values.length > 0, 'a quantile of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  return defined(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)], 'a value at the quantile');
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
