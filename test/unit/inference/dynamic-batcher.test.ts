/**
 * The dynamic batcher under a manual clock, with an engine whose runs the test ends by hand.
 */
import t from 'tap';
import { silentMetrics, type Metrics } from '../../../src/core/metrics.js';
import type { BatchModel } from '../../../src/inference/batcher.js';
import { DynamicBatcher } from '../../../src/inference/dynamic-batcher.js';
import type { Engine } from '../../../src/inference/engine.js';
import type { TensorMap } from '../../../src/inference/tensor.js';
import { ManualClock } from '../../support/manual-clock.js';

/** Doubles every row; each run waits for `finish`. */
class HandEngine implements Engine {
  readonly modelName = 'doubler';
  readonly provider = 'cpu';
  readonly batches: number[][] = [];
  #finish: (() => void) | undefined;
  lostRows = 0;
  failure: Error | undefined;

  async run(inputs: TensorMap): Promise<TensorMap> {
    const rows = [...(inputs['x']?.data as Float32Array)];
    this.batches.push(rows);
    await new Promise<void>((resolve) => (this.#finish = resolve));
    if (this.failure) throw this.failure;
    const doubled = Float32Array.from(rows.slice(this.lostRows), (value) => value * 2);
    return { y: { data: doubled, shape: [doubled.length] } };
  }

  finish(): void {
    this.#finish?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const model: BatchModel<number, number> = {
  bucketOf: (request) => (request < 100 ? 'short' : 'long'),
  collate: (requests) => ({ x: { data: Float32Array.from(requests), shape: [requests.length] } }),
  split: (outputs) => [...(outputs['y']?.data as Float32Array)],
};

function setUp(limits: Partial<{ maxBatchSize: number; maxQueueDelayMs: number; maxQueueDepth: number }> = {}): {
  clock: ManualClock;
  engine: HandEngine;
  batcher: DynamicBatcher<number, number>;
  submit: (value: number, options?: { callId?: string; deadlineMs?: number; signal?: AbortSignal }) => Promise<number>;
} {
  const clock = new ManualClock();
  const engine = new HandEngine();
  const batcher = new DynamicBatcher({
    engine,
    model,
    clock,
    metrics: silentMetrics,
    limits: { maxBatchSize: 4, maxQueueDelayMs: 0, maxQueueDepth: 100, ...limits },
  });
  const never = new AbortController().signal;
  return {
    clock,
    engine,
    batcher,
    submit: (value, options = {}) =>
      batcher.submit(value, { signal: never, deadlineMs: Infinity, callId: 'call', ...options }),
  };
}

t.test('the first request runs at once; what comes meanwhile shares the next batch', async (t) => {
  const { clock, engine, submit } = setUp();
  const results = [submit(1), submit(2), submit(3)];
  await clock.settle();
  t.same(engine.batches, [[1]]);
  engine.finish();
  await clock.settle();
  t.same(engine.batches, [[1], [2, 3]]);
  engine.finish();
  t.same(await Promise.all(results), [2, 4, 6]);
});

t.test('no more rows than the maximum, and buckets do not mix', async (t) => {
  const { clock, engine, submit } = setUp({ maxBatchSize: 2 });
  const results = [submit(1), submit(2), submit(100), submit(3), submit(4)];
  for (let run = 0; run < 4; run += 1) {
    await clock.settle();
    engine.finish();
  }
  t.same(await Promise.all(results), [2, 4, 200, 6, 8]);
  t.same(engine.batches, [[1], [2, 3], [100], [4]]);
});

t.test('a flooding call cannot starve another', async (t) => {
  const { clock, engine, submit } = setUp({ maxBatchSize: 2 });
  const flood = [1, 2, 3, 4, 5].map((value) => submit(value, { callId: 'loud' }));
  const quiet = submit(9, { callId: 'quiet' });
  await clock.settle();
  engine.finish();
  await clock.settle();
  t.same(engine.batches[1], [2, 9]);
  for (let run = 0; run < 3; run += 1) {
    engine.finish();
    await clock.settle();
  }
  t.equal(await quiet, 18);
  t.same(await Promise.all(flood), [2, 4, 6, 8, 10]);
});

t.test('a queue delay waits for company, counted from the oldest', async (t) => {
  const { clock, engine, submit } = setUp({ maxQueueDelayMs: 10 });
  const first = submit(1);
  await clock.advance(6);
  const second = submit(2);
  await clock.advance(3);
  t.same(engine.batches, []);
  await clock.advance(1);
  t.same(engine.batches, [[1, 2]]);
  engine.finish();
  t.same(await Promise.all([first, second]), [2, 4]);
});

t.test('a request that cannot make its deadline is refused, not computed', async (t) => {
  const { clock, engine, submit } = setUp();
  const slow = submit(1);
  await clock.advance(50);
  engine.finish();
  await slow;
  await t.rejects(submit(2, { deadlineMs: clock.nowMs() + 49 }), { code: 'DEADLINE_EXCEEDED' });
  const running = submit(3);
  const waiting = t.rejects(submit(4, { deadlineMs: clock.nowMs() + 60 }), { code: 'DEADLINE_EXCEEDED' });
  await clock.advance(50);
  engine.finish();
  await running;
  await waiting;
  t.same(engine.batches, [[1], [3]]);
});

t.test('one slow run does not refuse requests for ever', async (t) => {
  const { clock, engine, submit } = setUp();
  const slow = submit(1);
  await clock.advance(1_000);
  engine.finish();
  await slow;
  let refusals = 0;
  const tryNext = (): Promise<number> => submit(2, { deadlineMs: clock.nowMs() + 300 });
  for (let attempt = tryNext(); ; attempt = tryNext()) {
    await clock.settle();
    if (engine.batches.length === 2) {
      engine.finish();
      t.equal(await attempt, 4);
      break;
    }
    await t.rejects(attempt, { code: 'DEADLINE_EXCEEDED' });
    refusals += 1;
  }
  t.equal(refusals, 6, 'a fifth off 1000 ms per refusal until it is under 300 ms: 1000 · 0.8⁶ = 262');
});

t.test('a request already past its deadline is refused before any run is known', async (t) => {
  const { clock, engine, submit } = setUp();
  await clock.advance(10);
  await t.rejects(submit(1, { deadlineMs: 9 }), { code: 'DEADLINE_EXCEEDED' });
  t.same(engine.batches, []);
});

t.test('a bucket that fills a batch does not wait for the delay of an older request in another', async (t) => {
  const { clock, engine, submit } = setUp({ maxBatchSize: 2, maxQueueDelayMs: 10 });
  const results = [submit(100), submit(1), submit(2)];
  await clock.settle();
  t.same(engine.batches, [[1, 2]]);
  engine.finish();
  await clock.advance(10);
  t.same(engine.batches, [[1, 2], [100]]);
  engine.finish();
  t.same(await Promise.all(results), [200, 2, 4]);
});

t.test('the result of a row whose request was aborted while it ran is thrown away', async (t) => {
  const { clock, engine, submit } = setUp();
  const first = submit(1);
  const abort = new AbortController();
  const gone = t.rejects(submit(2, { signal: abort.signal }), { message: 'gone' });
  const stays = submit(3);
  engine.finish();
  await first;
  await clock.settle();
  abort.abort(new Error('gone'));
  await gone;
  engine.finish();
  t.equal(await stays, 6);
  t.same(engine.batches, [[1], [2, 3]]);
});

t.test('depth is bounded by a typed error', async (t) => {
  const { clock, engine, submit } = setUp({ maxQueueDepth: 1 });
  const running = submit(1);
  await clock.settle();
  const waiting = submit(2);
  await t.rejects(submit(3), { code: 'OVERLOADED' });
  engine.finish();
  await clock.settle();
  engine.finish();
  t.same(await Promise.all([running, waiting]), [2, 4]);
});

t.test('aborting removes what waits', async (t) => {
  const { clock, engine, submit, batcher } = setUp();
  const running = submit(1);
  await clock.settle();
  const abort = new AbortController();
  const waiting = t.rejects(submit(2, { signal: abort.signal }), { message: 'enough' });
  abort.abort(new Error('enough'));
  await waiting;
  t.equal(batcher.depth, 0);
  engine.finish();
  t.equal(await running, 2);
  t.same(engine.batches, [[1]]);
});

t.test('as many results as requests, or BATCH_SIZE_CHANGED; a failed run does not stop the next', async (t) => {
  const { clock, engine, submit } = setUp();
  engine.lostRows = 1;
  const lost = t.rejects(submit(1), { code: 'BATCH_SIZE_CHANGED' });
  await clock.settle();
  engine.finish();
  await lost;
  engine.lostRows = 0;
  engine.failure = new Error('out of memory');
  const failed = t.rejects(submit(2), { code: 'INFERENCE_FAILED' });
  await clock.settle();
  engine.finish();
  await failed;
  engine.failure = undefined;
  const fine = submit(3);
  await clock.settle();
  engine.finish();
  t.equal(await fine, 6);
});

t.test('disposing refuses what waits and lets the run end', async (t) => {
  const { clock, engine, submit, batcher } = setUp();
  const running = submit(1);
  await clock.settle();
  const waiting = t.rejects(submit(2), { code: 'OVERLOADED' });
  const disposing = batcher[Symbol.asyncDispose]();
  await waiting;
  engine.finish();
  await disposing;
  t.equal(await running, 2);
  await t.rejects(submit(3), { code: 'OVERLOADED' });
});

t.test('rows, delays, run times and refusals are observed under the model’s name', async (t) => {
  const clock = new ManualClock();
  const engine = new HandEngine();
  const seen: (readonly [string, number, string?])[] = [];
  const metrics: Metrics = {
    count: (name, labels, value = 1) => seen.push([name, value, labels?.['reason'] ?? '']),
    observe: (name, value, labels) => seen.push([name, value, labels?.['model'] ?? '']),
    set: () => undefined,
  };
  const batcher = new DynamicBatcher({
    engine,
    model,
    clock,
    metrics,
    limits: { maxBatchSize: 4, maxQueueDelayMs: 0, maxQueueDepth: 1 },
  });
  const options = { signal: new AbortController().signal, deadlineMs: Infinity, callId: 'call' };
  const results = [batcher.submit(1, options), batcher.submit(2, options)];
  await t.rejects(batcher.submit(3, options), { code: 'OVERLOADED' });
  await clock.advance(7);
  engine.finish();
  await clock.advance(5);
  engine.finish();
  await Promise.all(results);
  t.same(seen, [
    ['inference_queue_delay_ms', 0, 'doubler'],
    ['inference_batch_rows', 1, 'doubler'],
    ['inference_queue_rows', 0, 'doubler'],
    ['inference_refused_total', 1, 'overloaded'],
    ['inference_run_ms', 7, 'doubler'],
    ['inference_queue_delay_ms', 7, 'doubler'],
    ['inference_batch_rows', 1, 'doubler'],
    ['inference_queue_rows', 0, 'doubler'],
    ['inference_run_ms', 5, 'doubler'],
  ]);
});
