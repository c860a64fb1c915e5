/**
 * How often and after which pauses a failure that may pass is tried again.
 */
import t from 'tap';
import { maxFailures, pauseOf, TransientFailure, withRetries } from '../../../src/inference/pull/transient-failure.js';
import { ManualClock } from '../../support/manual-clock.js';

const signal = (): AbortSignal => new AbortController().signal;

t.test('pauses double up to a limit, and the server has its say', async (t) => {
  const failures = [{}, {}, { pauseMs: 9_000 }, { madeProgress: true }, {}, {}, {}];
  const clock = new ManualClock();
  const pauses: number[] = [];
  let attempts = 0;
  const running = withRetries(
    async () => {
      const failure = failures[attempts];
      attempts += 1;
      if (failure) throw new TransientFailure('no', failure);
      return 'there';
    },
    { clock, signal: signal(), what: 'x', onPause: ({ pauseMs }) => pauses.push(pauseMs) },
  );
  await clock.advance(60_000);
  t.equal(await running, 'there');
  t.same(pauses, [1_000, 2_000, 9_000, 1_000, 2_000, 4_000, 8_000], 'progress starts the count afresh');
});

t.test('it ends: by the count, by a pause too long, by a failure that stays, by cancelling', async (t) => {
  const clock = new ManualClock();
  let attempts = 0;
  const fail = async (): Promise<never> => {
    attempts += 1;
    throw new TransientFailure('no');
  };
  const running = withRetries(fail, { clock, signal: signal(), what: 'x' });
  const ended = t.rejects(running, { code: 'DOWNLOAD_FAILED', field: 'x', message: 'x: no' });
  await clock.advance(600_000);
  await ended;
  t.equal(attempts, maxFailures);

  const long = async (): Promise<never> => Promise.reject(new TransientFailure('later', { pauseMs: 601_000 }));
  await t.rejects(withRetries(long, { clock, signal: signal(), what: 'x' }), { message: /asks to wait 11 minutes/ });

  const broken = async (): Promise<never> => Promise.reject(new RangeError('broken'));
  await t.rejects(withRetries(broken, { clock, signal: signal(), what: 'x' }), new RangeError('broken'));

  const controller = new AbortController();
  const waiting = withRetries(fail, { clock, signal: controller.signal, what: 'x' });
  await clock.settle();
  controller.abort(new Error('enough'));
  await t.rejects(waiting, new Error('enough'));
});

t.test('Retry-After holds seconds or a date', async (t) => {
  const clock = new ManualClock();
  const inAMinute = new Date(clock.wallTimeMs() + 60_000).toUTCString();
  const cases = [
    [null, undefined],
    ['120', 120_000],
    [inAMinute, 60_000],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
  ] as const;
  for (const [header, pauseMs] of cases) t.equal(pauseOf(header, clock), pauseMs, String(header));
});
