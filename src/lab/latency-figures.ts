/**
 * Percentiles of latencies, and how sure they are. Pure.
 */
import { intervalOf, type Interval } from '../core/bootstrap-interval.js';

export interface Percentile {
  /** Milliseconds. */
  readonly value: number;
  /** 95 % bootstrap interval over turns; null for fewer than two. */
  readonly interval: Interval | null;
}

export interface LatencyFigures {
  readonly count: number;
  readonly p50: Percentile;
  readonly p90: Percentile;
  readonly p95: Percentile;
  readonly p99: Percentile;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** Null when there is nothing to count. */
export function latencyFigures(latenciesMs: readonly number[]): LatencyFigures | null {
  if (latenciesMs.length === 0) return null;
  const percentile = (share: number): Percentile => ({
    value: quantile(latenciesMs, share),
    interval: intervalOf(latenciesMs, (drawn) => quantile(drawn, share)),
  });
  return {
    count: latenciesMs.length,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p95: percentile(0.95),
    p99: percentile(0.99),
    meanMs: latenciesMs.reduce((sum, ms) => sum + ms, 0) / latenciesMs.length,
    maxMs: Math.max(...latenciesMs),
  };
}

/** The smallest value that at least `share` (0…1) of the values do not exceed; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
