/**
 * A process of a load: holds its share of the calls, then judges their tapes, so that judging delays no frame.
 *
 * Started by `LoadRun` alone; gets its job as the first message and ends with its answer.
 */
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { assert } from '../../core/assert.js';
import { toAttuneError } from '../../core/errors.js';
import { SystemClock } from '../../core/system-clock.js';
import { holdLoadCall, type LoadCallResult } from './load-call.js';
import type { WorkerJob, WorkerMessage, WorkerResult } from './worker-messages.js';

const loopResolutionMs = 5;
const nanosecondsPerMs = 1e6;

async function work(job: WorkerJob): Promise<WorkerResult> {
  const clock = new SystemClock();
  const { signal } = new AbortController();
  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  const refused: string[] = [];
  loop.enable();
  const held = await Promise.all(
    job.calls.map(async ({ name, seed, startAfterMs }): Promise<LoadCallResult | null> => {
      await clock.sleep(startAfterMs, signal);
      tell({ type: 'call-started' });
      try {
        return await holdLoadCall({
          place: job.place,
          name,
          seed,
          clock,
          startedAtMs: startAfterMs,
          lines: Array.from({ length: job.turns }, (_, turn) => job.lines[(seed + turn) % job.lines.length]!),
          turnEveryMs: job.turnEveryMs,
          onTurn: (latencyMs) => tell({ type: 'turn', latencyMs }),
        });
      } catch (error) {
        refused.push(`${name}: ${toAttuneError(error, 'CONNECTION_FAILED').message}`);
        return null;
      } finally {
        tell({ type: 'call-ended' });
      }
    }),
  );
  loop.disable();
  const findings = [];
  for (const [index, one] of held.entries()) {
    if (!one) continue;
    const tape = job.tapeFolder === null ? null : path.join(job.tapeFolder, `${job.calls[index]!.name}.wav`);
    findings.push(await one.call.findings({ cues: one.cues, tape }));
  }
  return {
    findings,
    refused,
    // The histogram holds whole delays between ticks; what is over its own period is lateness.
    loop: {
      p99Ms: Math.max(0, loop.percentile(99) / nanosecondsPerMs - loopResolutionMs),
      maxMs: Math.max(0, loop.max / nanosecondsPerMs - loopResolutionMs),
    },
  };
}

function tell(message: WorkerMessage): void {
  assert(process.send !== undefined, 'a worker has a parent');
  process.send(message);
}

process.once('message', (job: WorkerJob) => {
  work(job).then(
    (result) => tell({ type: 'done', result }),
    (error: unknown) => tell({ type: 'failed', message: toAttuneError(error, 'INTERNAL').message }),
  );
});
