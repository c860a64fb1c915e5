/**
 * The level of load: one step at a time, as far as the slowness goes, and back only when it lasts.
 */
import t, { type Test } from 'tap';
import type { Logger } from '../../../src/core/logger.js';
import type { LoadLevel } from '../../../src/core/load-level.js';
import { silentMetrics } from '../../../src/core/metrics.js';
import { AttuneError, CancelledError } from '../../../src/core/errors.js';
import type { SttHypothesis } from '../../../src/stages/stt/stt.js';
import { LoadGovernor } from '../../../src/server/load-governor.js';
import { TimedStt } from '../../../src/server/timed-stt.js';
import { TimedVad } from '../../../src/server/timed-vad.js';
import { ManualClock } from '../../support/manual-clock.js';

function governorOn(t: Test, carryOut: (level: LoadLevel) => Promise<void> = async () => undefined) {
  const clock = new ManualClock();
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const levels: LoadLevel[] = [];
  const governor = new LoadGovernor({
    clock,
    logger,
    metrics: silentMetrics,
    onLevel: async (level) => {
      levels.push(level);
      await carryOut(level);
    },
  });
  t.teardown(() => governor[Symbol.asyncDispose]());
  /** Seconds in which a tenth of the windows waited so long and the others not. */
  const live = async (seconds: number, slowestMs: number, windows = 100): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      for (let window = 0; window < windows; window += 1)
        governor.note('speech-probability', window % 8 === 0 ? slowestMs : 2);
      await clock.advance(1_000);
    }
  };
  return { governor, clock, levels, lines, live };
}

const climbs: readonly (readonly [slowestMs: number, highest: LoadLevel])[] = [
  [39, 0],
  [40, 1],
  [79, 1],
  [80, 2],
  [120, 3],
  [160, 4],
  [2_000, 4],
];

for (const [slowestMs, highest] of climbs) {
  t.test(`windows that wait ${slowestMs} ms call for level ${highest}, step by step`, async (t) => {
    const { governor, levels, live } = governorOn(t);
    for (let second = 1; second <= 6; second += 1) {
      await live(1, slowestMs);
      t.equal(governor.level, Math.min(second, highest));
    }
    t.same(
      levels,
      [1, 2, 3, 4].filter((level) => level <= highest),
    );
  });
}

t.test('five quick seconds in a row take one step back; a slow one between begins anew', async (t) => {
  const { governor, live } = governorOn(t);
  await live(3, 150);
  t.equal(governor.level, 3);
  await live(4, 10);
  await live(1, 150);
  await live(4, 10);
  t.equal(governor.level, 3, 'never five in a row');
  await live(1, 10);
  t.equal(governor.level, 2);
  await live(9, 10);
  t.equal(governor.level, 1);
  await live(1, 10);
  t.equal(governor.level, 0);
});

t.test('few windows say nothing, and none is quick enough', async (t) => {
  const { governor, clock, live } = governorOn(t);
  await live(3, 500, 19);
  t.equal(governor.level, 0);
  await live(1, 500);
  t.equal(governor.level, 1);
  await clock.advance(5_000);
  t.equal(governor.level, 0, 'nobody speaks any more');
});

t.test('waits for transcripts count over four seconds, from six on; the slower of the two waits decides', async (t) => {
  const { governor, clock, live } = governorOn(t);
  const transcribe = async (delaysMs: readonly number[]): Promise<void> => {
    for (const delayMs of delaysMs) governor.note('transcript', delayMs);
    await clock.advance(1_000);
  };
  await transcribe([600, 600, 600]);
  await transcribe([600, 600]);
  t.equal(governor.level, 0, 'five say nothing');
  await transcribe([600]);
  t.equal(governor.level, 1);
  await transcribe([600]);
  await transcribe([600, 40, 40]);
  t.equal(governor.level, 3, 'the first three are forgotten, a slow one among every ten counts');
  await transcribe([600]);
  t.equal(governor.level, 4, 'new calls are refused');
  await live(4, 170);
  t.equal(governor.level, 4, 'now the windows are slow');
  await live(5, 90);
  t.equal(governor.level, 3);
});

t.test('a level that cannot be carried out is said, and the watch goes on', async (t) => {
  const { governor, lines, live } = governorOn(t, () => Promise.reject(new Error('the thread died')));
  await live(2, 90);
  t.equal(governor.level, 2);
  t.equal(lines.filter((line) => line.includes('could not be carried out')).length, 2);
});

t.test('every answer of the recogniser is timed, failed ones too; what is cancelled or unknown is not', async (t) => {
  const clock = new ManualClock();
  const delaysMs: number[] = [];
  const said: SttHypothesis = { text: 'yes', stableText: 'yes', words: [], confidence: 1, isFinal: true };
  const eased: LoadLevel[] = [];
  const later = async <T>(outcome: () => T): Promise<T> => {
    await clock.sleep(30, new AbortController().signal);
    return outcome();
  };
  const failing = (error: Error) => () => {
    throw error;
  };
  const foreseen: (() => SttHypothesis | null)[] = [
    () => said,
    () => null,
    failing(new CancelledError('scope-ended')),
    failing(new AttuneError('INFERENCE_FAILED', 'scripted')),
  ];
  const stt = new TimedStt(
    {
      name: 'scripted',
      open: () => ({
        accept: () => undefined,
        partials: { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) },
        foresee: () => later(foreseen.shift() ?? (() => said)),
        finish: () => later(() => said),
      }),
      ease: async (level) => void eased.push(level),
      [Symbol.asyncDispose]: async () => undefined,
    },
    { clock, note: (delayMs) => delaysMs.push(delayMs) },
  );
  const utterance = stt.open({ signal: new AbortController().signal, callId: 'c' });
  const answers = Promise.allSettled([1, 2, 3, 4].map(() => utterance.foresee()));
  await clock.advance(30);
  t.match(await answers, [{ value: said }, { value: null }, { status: 'rejected' }, { status: 'rejected' }]);
  t.same(delaysMs, [30, 30]);
  const finished = [utterance.finish(), utterance.finish()];
  await clock.advance(30);
  t.same(await Promise.all(finished), [said, said]);
  t.same(delaysMs, [30, 30, 30], 'finished once');
  await stt.ease(2);
  t.same(eased, [2]);
});

t.test('every answer of the detector is timed, failed ones too', async (t) => {
  const clock = new ManualClock();
  const delaysMs: number[] = [];
  let fails = false;
  const vad = new TimedVad(
    {
      name: 'scripted',
      openStream: () => ({
        accept: async () => {
          await clock.sleep(30, new AbortController().signal);
          if (fails) throw new Error('too late');
          return 0.5;
        },
        reset: () => undefined,
      }),
      [Symbol.asyncDispose]: async () => undefined,
    },
    { clock, note: (delayMs) => delaysMs.push(delayMs) },
  );
  const stream = vad.openStream({ signal: new AbortController().signal, callId: 'c' });
  const answer = stream.accept(new Float32Array(512));
  await clock.advance(30);
  t.equal(await answer, 0.5);
  fails = true;
  const failed = t.rejects(stream.accept(new Float32Array(512)), 'too late');
  await clock.advance(30);
  await failed;
  t.same(delaysMs, [30, 30]);
});
