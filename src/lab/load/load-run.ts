/**
 * Loads a server with calls, level after level, from as many processes as keep the callers in time.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { AttuneError } from '../../core/errors.js';
import { callerHealth, type Level } from '../report/lab-report.js';
import type { WorkerJob, WorkerMessage, WorkerResult } from './worker-messages.js';

export interface LoadRunOptions extends Omit<WorkerJob, 'calls'> {
  /** Time over which the calls of a level arrive, evenly. */
  readonly rampMs: number;
  readonly onProgress: (message: WorkerMessage) => void;
}

/** A process keeps so many calls in time with most of a core to spare. */
const callsPerProcess = 8;

/** One level. Throws CONNECTION_FAILED when a process of the laboratory ends before its work; refused calls are findings. */
export async function runLevel(calls: number, options: LoadRunOptions): Promise<Level> {
  const { rampMs, onProgress, ...job } = options;
  const planned = Array.from({ length: calls }, (_, index) => ({
    name: `${calls}-calls-${String(index + 1).padStart(3, '0')}`,
    seed: index,
    startAfterMs: (index * rampMs) / calls,
  }));
  const processes = Math.ceil(calls / callsPerProcess);
  const results = await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      runWorker({ ...job, calls: planned.filter((__, call) => call % processes === index) }, onProgress),
    ),
  );
  const findings = results.flatMap((result) => result.findings);
  return {
    calls,
    findings,
    refused: results.flatMap(({ refused }) => refused),
    health: callerHealth(
      findings,
      results.map(({ loop }) => loop),
    ),
  };
}

async function runWorker(job: WorkerJob, onProgress: (message: WorkerMessage) => void): Promise<WorkerResult> {
  const worker: ChildProcess = fork(new URL('./load-worker.js', import.meta.url), { serialization: 'advanced' });
  let result: WorkerResult | undefined;
  let failure = 'it ended before its work was done';
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'done') result = message.result;
    if (message.type === 'failed') failure = message.message;
    if (message.type === 'done' || message.type === 'failed') worker.disconnect();
    else onProgress(message);
  });
  const exited = once(worker, 'exit');
  worker.send(job);
  await exited;
  if (result) return result;
  throw new AttuneError('CONNECTION_FAILED', `a process of the laboratory failed: ${failure}`);
}
