/** The queue in front of the voice threads: order, bounds, cancellation, time-out, crash, end. */
import t from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { PhrasePool, type PhraseThread } from '../../../src/stages/tts/phrase-pool.js';
import type { SpokenPhrase } from '../../../src/stages/tts/spoken-phrase.js';
import { neutralStyle } from '../../../src/stages/tts/style-table.js';
import { ManualClock } from '../../support/manual-clock.js';

interface Call {
  readonly text: string;
  readonly answer: (samples: Float32Array) => void;
  readonly fail: (error: unknown) => void;
}

/** Threads that answer when the test says so. */
class ScriptedThreads {
  readonly calls: Call[] = [];
  startedCount = 0;
  endedCount = 0;

  readonly start = (): PhraseThread => {
    this.startedCount += 1;
    return {
      call: ({ text }: SpokenPhrase) =>
        new Promise<Float32Array>((answer, fail) => {
          this.calls.push({ text, answer, fail });
        }),
      [Symbol.asyncDispose]: async () => {
        this.endedCount += 1;
      },
    };
  };

  get texts(): readonly string[] {
    return this.calls.map((call) => call.text);
  }
}

const never = new AbortController().signal;
const phrase = (text: string): SpokenPhrase => ({ text, voice: 'slt', style: neutralStyle });

function setUp(options: { readonly threadCount?: number; readonly maxQueueDepth?: number } = {}) {
  const clock = new ManualClock();
  const threads = new ScriptedThreads();
  const pool = new PhrasePool({ clock, startThread: threads.start, phraseTimeoutMs: 1_000, ...options });
  return { clock, threads, pool };
}

t.test('what is needed first is spoken first, one phrase per thread at a time', async (t) => {
  const { clock, threads, pool } = setUp();
  const spoken = ['running', 'in 5 s', 'now', 'in 2 s'].map((text, index) => {
    const neededAtMs = [0, 5_000, 0, 2_000][index]!;
    return pool.speak(phrase(text), { neededAtMs, signal: never });
  });
  t.equal(pool.queueDepth, 3);
  for (let index = 0; index < 4; index += 1) {
    threads.calls[index]!.answer(Float32Array.of(index));
    await clock.settle();
  }
  t.strictSame(threads.texts, ['running', 'now', 'in 2 s', 'in 5 s']);
  t.strictSame(
    (await Promise.all(spoken)).map((samples) => samples[0]),
    [0, 3, 1, 2],
  );
  t.equal(threads.startedCount, 1);
  t.strictSame(clock.pendingDelaysMs, [], 'no timer is left');
});

t.test('two threads speak at once', async (t) => {
  const { threads, pool } = setUp({ threadCount: 2 });
  for (const text of ['a', 'b', 'c']) pool.speak(phrase(text), { neededAtMs: 0, signal: never }).catch(() => undefined);
  t.strictSame(threads.texts, ['a', 'b']);
  t.equal(threads.startedCount, 2);
  await pool[Symbol.asyncDispose]();
});

t.test('a full queue refuses', async (t) => {
  const { pool } = setUp({ maxQueueDepth: 1 });
  const kept = [
    pool.speak(phrase('a'), { neededAtMs: 0, signal: never }),
    pool.speak(phrase('b'), { neededAtMs: 0, signal: never }),
  ];
  await t.rejects(pool.speak(phrase('c'), { neededAtMs: 0, signal: never }), { code: 'OVERLOADED' });
  const ended = Promise.allSettled(kept);
  await pool[Symbol.asyncDispose]();
  t.ok((await ended).every((outcome) => outcome.status === 'rejected'));
});

t.test('a cancelled phrase leaves the queue; one being spoken is finished and dropped', async (t) => {
  const { clock, threads, pool } = setUp();
  const [first, second] = [new AbortController(), new AbortController()];
  const running = pool.speak(phrase('running'), { neededAtMs: 0, signal: first.signal });
  const waiting = pool.speak(phrase('waiting'), { neededAtMs: 0, signal: second.signal });
  const last = pool.speak(phrase('last'), { neededAtMs: 1, signal: never });
  second.abort(new Error('barge-in 2'));
  first.abort(new Error('barge-in 1'));
  await t.rejects(running, /barge-in 1/);
  await t.rejects(waiting, /barge-in 2/);
  t.strictSame(threads.texts, ['running'], 'the thread is still busy');
  threads.calls[0]!.answer(Float32Array.of(1));
  await clock.settle();
  t.strictSame(threads.texts, ['running', 'last']);
  threads.calls[1]!.answer(Float32Array.of(2));
  t.strictSame([...(await last)], [2]);
  await t.rejects(pool.speak(phrase('late'), { neededAtMs: 0, signal: first.signal }), /barge-in 1/);
});

t.test('a thread that does not answer is ended and replaced; its late answer is dropped', async (t) => {
  const { clock, threads, pool } = setUp();
  const stuck = pool.speak(phrase('stuck'), { neededAtMs: 0, signal: never });
  const next = pool.speak(phrase('next'), { neededAtMs: 0, signal: never });
  const outcome = t.rejects(stuck, { code: 'SYNTHESIS_FAILED', message: /1000 ms/ });
  await clock.advance(999);
  t.equal(threads.endedCount, 0);
  await clock.advance(1);
  await outcome;
  t.strictSame([threads.startedCount, threads.endedCount], [2, 1]);
  threads.calls[0]!.answer(Float32Array.of(1));
  threads.calls[1]!.answer(Float32Array.of(2));
  t.strictSame([...(await next)], [2]);
});

t.test('failures keep the engine’s own code; a crash is a failed synthesis', async (t) => {
  const { clock, threads, pool } = setUp();
  const errors = [
    new AttuneError('VOICE_UNKNOWN', 'no such voice'),
    new AttuneError('WORKER_CRASHED', 'gone'),
    new Error('odd'),
  ];
  const codes = ['VOICE_UNKNOWN', 'SYNTHESIS_FAILED', 'SYNTHESIS_FAILED'];
  for (const [index, error] of errors.entries()) {
    const failing = pool.speak(phrase('x'), { neededAtMs: 0, signal: never });
    threads.calls[index]!.fail(error);
    await t.rejects(failing, { code: codes[index]! });
  }
  const working = pool.speak(phrase('y'), { neededAtMs: 0, signal: never });
  threads.calls[3]!.answer(Float32Array.of(1));
  t.equal((await working).length, 1, 'the thread goes on');
  await clock.settle();
});

t.test('disposing ends the threads and refuses what follows', async (t) => {
  const { clock, threads, pool } = setUp();
  const running = t.rejects(pool.speak(phrase('a'), { neededAtMs: 0, signal: never }), { code: 'SYNTHESIS_FAILED' });
  const waiting = t.rejects(pool.speak(phrase('b'), { neededAtMs: 0, signal: never }), { code: 'SYNTHESIS_FAILED' });
  await pool[Symbol.asyncDispose]();
  await Promise.all([running, waiting]);
  await t.rejects(pool.speak(phrase('c'), { neededAtMs: 0, signal: never }), { code: 'SYNTHESIS_FAILED' });
  t.strictSame([threads.startedCount, threads.endedCount], [1, 1]);
  t.strictSame(clock.pendingDelaysMs, []);
});
