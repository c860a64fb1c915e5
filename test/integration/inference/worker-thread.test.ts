/**
 * A real thread: answers, transfers, typed failures, death and restart.
 */
import t, { type Test } from 'tap';
import { WorkerThread } from '../../../src/inference/worker-thread.js';
import type { EchoAnswer, EchoRequest } from './echo-worker.js';

type EchoThread = WorkerThread<EchoRequest, EchoAnswer>;

function start(t: Test, workerData?: unknown): EchoThread {
  const url = new URL('./echo-worker.js', import.meta.url);
  const thread: EchoThread = new WorkerThread({ url, name: 'echo', workerData });
  t.teardown(() => thread[Symbol.asyncDispose]());
  return thread;
}

t.test('answers come back to their requests, buffers are handed over', async (t) => {
  const thread = start(t, 'hello');
  const values = Float32Array.of(1, 2, 3);
  const [echo, greeting] = await Promise.all([
    thread.call({ type: 'echo', values }, [values.buffer]),
    thread.call({ type: 'greet' }),
  ]);
  t.same(echo, { values: Float32Array.of(1, 2, 3) });
  t.same(greeting, { greeting: 'hello' });
  t.equal(values.byteLength, 0, 'the sender has given the buffer away');
});

t.test('a failure keeps its code and field; one without a code gets INFERENCE_FAILED', async (t) => {
  const thread = start(t);
  await t.rejects(thread.call({ type: 'fail' }), {
    code: 'MODEL_CORRUPT',
    field: 'a.onnx',
    message: 'the file is torn',
  });
  await t.rejects(thread.call({ type: 'fail-untyped' }), { code: 'INFERENCE_FAILED', message: 'out of range' });
  t.equal(thread.crashCount, 0);
});

t.test('a thread that dies fails what it held, and the next request starts it anew', async (t) => {
  const thread = start(t, 'again');
  const held = t.rejects(thread.call({ type: 'never' }), { code: 'WORKER_CRASHED' });
  await t.rejects(thread.call({ type: 'exit' }), { code: 'WORKER_CRASHED', message: /echo/ });
  await held;
  t.equal(thread.crashCount, 1);
  t.same(await thread.call({ type: 'greet' }), { greeting: 'again' });
  t.equal(thread.crashCount, 1);
});

t.test('a module that cannot be loaded is a crash, not a hang', async (t) => {
  const thread = new WorkerThread<string, string>({
    url: new URL('./no-such-worker.js', import.meta.url),
    name: 'none',
  });
  await t.rejects(thread.call('anybody?'), { code: 'WORKER_CRASHED' });
  await thread[Symbol.asyncDispose]();
});

t.test('a request that cannot travel rejects by itself and harms no other', async (t) => {
  const thread = start(t, 'well');
  const untransferable = { type: 'greet', extra: () => undefined } as unknown as EchoRequest;
  await t.rejects(thread.call(untransferable), { name: 'DataCloneError' });
  t.same(await thread.call({ type: 'greet' }), { greeting: 'well' });
});

t.test('stopping fails what waits and what comes later', async (t) => {
  const thread = start(t);
  const held = t.rejects(thread.call({ type: 'never' }), { code: 'WORKER_CRASHED' });
  await thread[Symbol.asyncDispose]();
  await held;
  await t.rejects(thread.call({ type: 'greet' }), { code: 'WORKER_CRASHED' });
});
