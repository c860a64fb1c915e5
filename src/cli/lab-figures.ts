/**
 * Figures of the laboratory as a terminal shows them. Pure.
 */
import type { LatencyFigures, Percentile } from '../lab/latency-figures.js';

/** `p50 480 ms [455, 510] · p90 … · p95 … · p99 … over 120 turns`. */
export function percentileText(figures: LatencyFigures): string {
  const { p50, p90, p95, p99, count } = figures;
  const parts = Object.entries({ p50, p90, p95, p99 }).map(([name, figure]) => `${name} ${withInterval(figure)}`);
  return `${parts.join(' · ')} over ${count} turns`;
}

/** `480 ms [455, 510]`. */
export function withInterval({ value, interval }: Percentile): string {
  const range = interval ? ` [${Math.round(interval.low)}, ${Math.round(interval.high)}]` : '';
  return `${Math.round(value)} ms${range}`;
}
