/**
 * What the dynamic batcher makes of many calls: voice activity windows of 1…128 calls, each call sending its next window
 * as soon as the last one is answered, through the stage, the batcher and the engine in its thread.
 *
 * `node dist/bench/batcher.js [--provider cuda]`. `realTimeCalls` is how many live calls the rows per second amount to;
 * it says nothing about recognition or speech, which share the machine in a real call.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Clock } from '../src/core/clock.js';
import { silentLogger } from '../src/core/logger.js';
import { silentMetrics } from '../src/core/metrics.js';
import { SystemClock } from '../src/core/system-clock.js';
import { InferenceHost } from '../src/inference/inference-host.js';
import { ModelManifest } from '../src/inference/model-manifest.js';
import { packageRoot } from '../src/server/package-root.js';
import { SileroVad, sileroBatchModel, sileroModelName } from '../src/stages/vad/silero-vad.js';
import { vadWindowSamples } from '../src/stages/vad/vad.js';
import { isProgram } from './is-program.js';
import { median, quantile } from './quantile.js';

export interface BatcherRow {
  readonly provider: string;
  readonly callCount: number;
  readonly maxBatchSize: number;
  readonly rowsPerS: number;
  readonly meanBatchRows: number;
  /** From asking to the answer, as a call sees it. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Calls of one window per 32 ms that this rate could serve. */
  readonly realTimeCalls: number;
  /** Rows per second over those of the first row. */
  readonly gain: number;
}

export interface BatcherBenchOptions {
  readonly manifest: ModelManifest;
  readonly providers: readonly string[];
  readonly clock: Clock;
  /** 1, 8, 32 and 128 by default. */
  readonly callCounts?: readonly number[];
  /** 32 by default. */
  readonly maxBatchSize?: number;
  /** For each row; 2000 by default. */
  readonly budgetMs?: number;
}

const windowMs = 32;
const warmUpMs = 300;

/** One row per number of calls. Throws as `InferenceHost.openEngine`. */
export async function measureBatcher(options: BatcherBenchOptions): Promise<readonly BatcherRow[]> {
  const { manifest, providers, clock, maxBatchSize = 32, budgetMs = 2_000 } = options;
  let batchCount = 0;
  await using host = new InferenceHost({
    manifest,
    providers,
    workerCount: 1,
    intraOpThreads: 1,
    clock,
    logger: silentLogger,
    metrics: {
      ...silentMetrics,
      observe: (name) => {
        if (name === 'inference_batch_rows') batchCount += 1;
      },
    },
  });
  const limits = { maxBatchSize, maxQueueDelayMs: 0, maxQueueDepth: 1_024 };
  const batcher = await host.openBatcher(sileroModelName, sileroBatchModel, { thread: 0, limits });
  const vad = new SileroVad({ batcher, clock });
  const rows: BatcherRow[] = [];
  for (const callCount of options.callCounts ?? [1, 8, 32, 128]) {
    await callsFor(warmUpMs, { vad, callCount, clock });
    batchCount = 0;
    const startedAtMs = clock.nowMs();
    const waitsMs = await callsFor(budgetMs, { vad, callCount, clock });
    const rowsPerS = (waitsMs.length * 1_000) / (clock.nowMs() - startedAtMs);
    rows.push({
      provider: host.opened[0]?.provider ?? '',
      callCount,
      maxBatchSize,
      rowsPerS,
      meanBatchRows: waitsMs.length / batchCount,
      medianMs: median(waitsMs),
      p95Ms: quantile(waitsMs, 0.95),
      realTimeCalls: Math.floor((rowsPerS * windowMs) / 1_000),
      gain: rowsPerS / (rows[0]?.rowsPerS ?? rowsPerS),
    });
  }
  return rows;
}

/** Runs the calls side by side and returns what each of their windows waited. */
async function callsFor(
  durationMs: number,
  options: { readonly vad: SileroVad; readonly callCount: number; readonly clock: Clock },
): Promise<readonly number[]> {
  const { vad, callCount, clock } = options;
  const untilMs = clock.nowMs() + durationMs;
  const waitsMs: number[] = [];
  const call = async (callId: string): Promise<void> => {
    const stream = vad.openStream({ signal: new AbortController().signal, callId });
    const window = Float32Array.from({ length: vadWindowSamples }, (_, index) => 0.1 * Math.sin(index * index));
    while (clock.nowMs() < untilMs) {
      const askedAtMs = clock.nowMs();
      await stream.accept(window);
      waitsMs.push(clock.nowMs() - askedAtMs);
    }
  };
  await Promise.all(Array.from({ length: callCount }, (_, index) => call(`call-${index}`)));
  return waitsMs;
}

/** A table for people. */
export function formatBatcher(rows: readonly BatcherRow[]): string {
  const lines = rows.map(
    (row) =>
      `silero-vad ${row.provider.padEnd(6)} ${String(row.callCount).padStart(4)} calls  ${row.rowsPerS.toFixed(0).padStart(6)} windows/s ×${row.gain.toFixed(2)}  batch ${row.meanBatchRows.toFixed(1).padStart(5)}  p50 ${row.medianMs.toFixed(1).padStart(6)} ms  p95 ${row.p95Ms.toFixed(1).padStart(6)} ms  = ${row.realTimeCalls} live calls`,
  );
  return lines.join('\n');
}

if (isProgram(import.meta.url)) {
  const { values } = parseArgs({ options: { provider: { type: 'string' } } });
  const rows = await measureBatcher({
    manifest: await ModelManifest.read(join(packageRoot, 'models')),
    providers: [values.provider ?? 'cpu'],
    clock: new SystemClock(),
  });
  console.log(formatBatcher(rows));
}
