/**
 * The `Metrics` of core as Prometheus reads them, with Node's own beside them.
 *
 * A metric exists from its first use. Its unit, the last word of its name, chooses the buckets of a histogram; its
 * labels are those of the first use. Names get the prefix `attune_`. Telemetry must not end a call: a use that does not
 * fit the first is counted in `attune_metric_misuse_total` instead of thrown.
 */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricLabels, Metrics } from '../core/metrics.js';

/** Milliseconds from one model run to a long call. */
const millisecondBuckets = [
  1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 650, 800, 1_000, 1_500, 2_500, 5_000, 10_000,
];
const bucketsByUnit: Readonly<Record<string, readonly number[]>> = {
  s: [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600],
  ms: millisecondBuckets,
  rows: [0, 1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 128],
  bytes: [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216],
  ratio: [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
};
const bucketsOfCounts = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** Fine enough to see a delay of 20 ms, coarse enough to cost nothing. */
const loopResolutionMs = 5;

export class PrometheusMetrics implements Metrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #loopDelay: IntervalHistogram;
  readonly #misuse: Counter;

  constructor() {
    this.contentType = this.#registry.contentType;
    collectDefaultMetrics({ register: this.#registry });
    this.#misuse = new Counter({
      name: 'attune_metric_misuse_total',
      help: 'Uses of a metric with other labels than its first use',
      labelNames: ['metric'],
      registers: [this.#registry],
    });
    this.#loopDelay = monitorEventLoopDelay({ resolution: loopResolutionMs });
    this.#loopDelay.enable();
    const loopDelay = this.#loopDelay;
    new Gauge({
      name: 'attune_event_loop_delay_p99_ms',
      help: 'How late the event loop was, 99th percentile since the last scrape',
      registers: [this.#registry],
      collect() {
        const lateMs = loopDelay.percentile(99) / 1e6 - loopResolutionMs;
        this.set(Number.isFinite(lateMs) ? Math.max(0, lateMs) : 0);
        loopDelay.reset();
      },
    });
  }

  count(name: string, labels: MetricLabels = {}, value = 1): void {
    this.#use(name, () => {
      const counter = this.#counters.get(name) ?? new Counter(this.#declaration(name, labels));
      this.#counters.set(name, counter);
      counter.inc(labels, value);
    });
  }

  observe(name: string, value: number, labels: MetricLabels = {}): void {
    this.#use(name, () => {
      const histogram =
        this.#histograms.get(name) ??
        new Histogram({ ...this.#declaration(name, labels), buckets: [...bucketsOf(name)] });
      this.#histograms.set(name, histogram);
      histogram.observe(labels, value);
    });
  }

  set(name: string, value: number, labels: MetricLabels = {}): void {
    this.#use(name, () => {
      const gauge = this.#gauges.get(name) ?? new Gauge(this.#declaration(name, labels));
      this.#gauges.set(name, gauge);
      gauge.set(labels, value);
    });
  }

  /** Everything in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Stops watching the event loop. */
  dispose(): void {
    this.#loopDelay.disable();
    this.#registry.clear();
  }

  #use(name: string, record: () => void): void {
    try {
      record();
    } catch {
      this.#misuse.inc({ metric: name });
    }
  }

  #declaration(
    name: string,
    labels: MetricLabels,
  ): { name: string; help: string; labelNames: string[]; registers: Registry[] } {
    return {
      name: `attune_${name}`,
      help: name.replaceAll('_', ' '),
      labelNames: Object.keys(labels),
      registers: [this.#registry],
    };
  }
}

function bucketsOf(name: string): readonly number[] {
  return bucketsByUnit[name.split('_').at(-1) ?? ''] ?? bucketsOfCounts;
}
