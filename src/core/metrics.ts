/**
 * What the layers need from metrics: count, observe a distribution, set a level. Telemetry only watches; nothing
 * decides by it. The server hands in an implementation that Prometheus can read.
 *
 * Names are snake_case with the unit last (`inference_batch_rows`, `turn_latency_ms`).
 */

export type MetricLabels = Readonly<Record<string, string>>;

export interface Metrics {
  /** Adds `value` (default 1) to a counter. */
  count(name: string, labels?: MetricLabels, value?: number): void;
  /** Adds one observation to a histogram. */
  observe(name: string, value: number, labels?: MetricLabels): void;
  /** Sets a gauge to its current level. */
  set(name: string, value: number, labels?: MetricLabels): void;
}

export const silentMetrics: Metrics = {
  count: () => undefined,
  observe: () => undefined,
  set: () => undefined,
};
