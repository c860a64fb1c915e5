/**
 * How many rows a second each model runs, by batch size: the engine in its thread, with the way there and back, without
 * a batcher.
 *
 * `node dist/bench/engine.js [--provider cuda] [--model silero-vad]`. Each figure is the median of the runs that fit into
 * the budget, at least five, after three that are not counted.
 */
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { parseArgs } from 'node:util';
import type { Clock } from '../src/core/clock.js';
import { silentLogger } from '../src/core/logger.js';
import { silentMetrics } from '../src/core/metrics.js';
import { SystemClock } from '../src/core/system-clock.js';
import type { Engine } from '../src/inference/engine.js';
import { InferenceHost } from '../src/inference/inference-host.js';
import { ModelManifest } from '../src/inference/model-manifest.js';
import { packageRoot } from '../src/server/package-root.js';
import { isProgram } from './is-program.js';
import { median } from './quantile.js';
import { workloadOf, type ModelWorkload } from './model-workloads.js';

export interface EngineRow {
  readonly model: string;
  readonly provider: string;
  readonly rowMeaning: string;
  readonly batchRows: number;
  readonly runCount: number;
  /** Median of one run, thread hops included. */
  readonly runMs: number;
  readonly rowsPerS: number;
  /** Processor time of the whole process per row, collating included; unlike the others it bears a busy machine. */
  readonly cpuPerRowUs: number;
  /** Rows per second over those of the first batch size. */
  readonly gain: number;
}

export interface EngineBenchOptions {
  readonly manifest: ModelManifest;
  /** Tried in order. */
  readonly providers: readonly string[];
  readonly clock: Clock;
  readonly intraOpThreads?: number;
  /** 1, 8 and 32 by default. */
  readonly batchSizes?: readonly number[];
  /** Every ONNX model of the manifest by default. */
  readonly models?: readonly string[];
  /** For each figure; 1000 by default. */
  readonly budgetMs?: number;
}

const warmUpRuns = 3;
const fewestRuns = 5;

/** Measures model by model, size by size. Throws as `InferenceHost.openEngine`, and MODEL_UNKNOWN. */
export async function measureEngines(options: EngineBenchOptions): Promise<readonly EngineRow[]> {
  const { manifest, providers, clock } = options;
  const names = options.models ?? manifest.models.filter(({ kind }) => kind === 'onnx').map(({ name }) => name);
  await using host = new InferenceHost({
    manifest,
    providers,
    workerCount: 1,
    intraOpThreads: options.intraOpThreads ?? 1,
    clock,
    logger: silentLogger,
    metrics: silentMetrics,
  });
  const rows: EngineRow[] = [];
  for (const name of names) {
    const workload = workloadOf(name, manifest);
    const engine = await host.openEngine(name, { thread: 0 });
    let firstRowsPerS: number | undefined;
    for (const batchRows of options.batchSizes ?? [1, 8, 32]) {
      const { runsMs, cpuPerRowUs } = await timeRuns(engine, workload, {
        batchRows,
        budgetMs: options.budgetMs ?? 1_000,
        clock,
      });
      const runMs = median(runsMs);
      const rowsPerS = (batchRows * 1_000) / runMs;
      firstRowsPerS ??= rowsPerS;
      rows.push({
        model: name,
        provider: engine.provider,
        rowMeaning: workload.rowMeaning,
        batchRows,
        runCount: runsMs.length,
        runMs,
        rowsPerS,
        cpuPerRowUs,
        gain: rowsPerS / firstRowsPerS,
      });
    }
  }
  return rows;
}

async function timeRuns(
  engine: Engine,
  workload: ModelWorkload,
  options: { readonly batchRows: number; readonly budgetMs: number; readonly clock: Clock },
): Promise<{ readonly runsMs: readonly number[]; readonly cpuPerRowUs: number }> {
  const { batchRows, budgetMs, clock } = options;
  const runsMs: number[] = [];
  let untilMs = Infinity;
  let cpuBefore = cpuUsage();
  for (let run = 0; run < warmUpRuns + fewestRuns || clock.nowMs() < untilMs; run += 1) {
    if (run === warmUpRuns) {
      untilMs = clock.nowMs() + budgetMs;
      cpuBefore = cpuUsage();
    }
    const inputs = workload.inputs(batchRows);
    const startedAtMs = clock.nowMs();
    await engine.run(inputs);
    if (run >= warmUpRuns) runsMs.push(clock.nowMs() - startedAtMs);
  }
  const { user, system } = cpuUsage(cpuBefore);
  return { runsMs, cpuPerRowUs: (user + system) / (runsMs.length * batchRows) };
}

/** A table for people. */
export function formatEngines(rows: readonly EngineRow[]): string {
  const lines = rows.map(
    (row) =>
      `${row.model.padEnd(14)} ${row.provider.padEnd(6)} batch ${String(row.batchRows).padStart(3)}  ${row.runMs.toFixed(2).padStart(8)} ms/run  ${row.rowsPerS.toFixed(0).padStart(7)} rows/s  ×${row.gain.toFixed(2).padEnd(6)} ${row.cpuPerRowUs.toFixed(0).padStart(6)} µs CPU/row  (row: ${row.rowMeaning})`,
  );
  return lines.join('\n');
}

if (isProgram(import.meta.url)) {
  const { values } = parseArgs({
    options: { provider: { type: 'string' }, model: { type: 'string', multiple: true }, threads: { type: 'string' } },
  });
  const rows = await measureEngines({
    manifest: await ModelManifest.read(join(packageRoot, 'models')),
    providers: [values.provider ?? 'cpu'],
    clock: new SystemClock(),
    intraOpThreads: Number(values.threads ?? 1),
    ...(values.model === undefined ? {} : { models: values.model }),
  });
  console.log(formatEngines(rows));
}
