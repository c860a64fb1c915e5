/**
 * The end-of-turn model in a call, under a clock that stands still: its answer moves the end of a turn, and a call goes on
 * without it.
 */
import t, { type Test } from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import type { TurnDetection } from '../../../src/session/settings.js';
import { FakeAbilities, says } from '../../support/fake-abilities.js';
import { SessionCall, tenWindows } from '../../support/session-call.js';

type Answer = (samples: Float32Array, signal: AbortSignal) => Promise<number | null>;

const semantic: TurnDetection = {
  type: 'semantic',
  eagerness: 'medium',
  createReply: true,
  interruptReply: true,
};

const heard = [{ final: 'Where is my order' }];

function callWith(t: Test, answers: readonly Answer[] | undefined, locale = 'en-US', turnDetection = semantic) {
  const fakes = new FakeAbilities({ heard, answers: [says('On its way.')] });
  fakes.turnEndAnswers = answers && [...answers];
  return { fakes, one: new SessionCall(t, fakes, { settings: { turnDetection, locale } }) };
}

/** Silence until the turn ends, in windows of 32 ms. */
async function silenceUntilEnd(one: SessionCall): Promise<number> {
  for (let windows = 1; windows < 100; windows += 1) {
    await one.hear(0, 32);
    if (one.of('speech.ended').length > 0) return 32 * windows;
  }
  return Infinity;
}

/** The turn ends and the call does; nothing is left. */
async function concludes(t: Test, fakes: FakeAbilities, one: SessionCall): Promise<void> {
  await one.pass(1_000);
  t.equal(one.of('reply.ended')[0]?.status, 'completed');
  await one.session[Symbol.asyncDispose]();
  t.same(fakes.clock.pendingDelaysMs, [], 'no timer waits');
  fakes.allUsed(t);
}

t.test('the surer the model, the sooner the turn ends; it hears the speech up to its end', async (t) => {
  const waits: number[] = [];
  for (const probability of [1, 0.5, 0]) {
    const samples: Float32Array[] = [];
    const answer: Answer = async (speech) => {
      samples.push(speech);
      return probability;
    };
    const { fakes, one } = callWith(t, [answer]);
    await one.hear(0.9, 960);
    waits.push(await silenceUntilEnd(one));
    t.ok(
      samples[0]?.every((sample) => Math.abs(sample - 0.9) < 1e-6),
      'no silence among it',
    );
    t.equal(samples[0]?.length, 960 * 16);
    await concludes(t, fakes, one);
  }
  t.same(
    waits,
    waits.toSorted((a, b) => a - b),
  );
  t.equal(waits[0], 352);
  t.ok(waits[2]! > waits[1]!, waits.join());
});

const cadenceWaitMs = 480;

t.test('without a model, in a language it does not know, or without an opinion, the cadence decides', async (t) => {
  for (const { answers, locale } of [
    { answers: undefined, locale: 'en-US' },
    { answers: [], locale: 'de-DE' },
    { answers: [async () => null], locale: 'en-GB' },
  ]) {
    const { fakes, one } = callWith(t, answers, locale);
    await one.hear(0.9, 960);
    t.equal(await silenceUntilEnd(one), cadenceWaitMs, locale);
    t.equal(one.of('degraded').length, 0);
    await concludes(t, fakes, one);
  }
});

t.test('a fixed silence does not ask the model', async (t) => {
  const { fakes, one } = callWith(t, [], 'en-US', tenWindows);
  await one.hear(0.9, 960);
  t.equal(await silenceUntilEnd(one), 320);
  await concludes(t, fakes, one);
});

t.test('a model that fails leaves the turn to the cadence, and the call is told once', async (t) => {
  const fails: Answer = async () => {
    throw new AttuneError('OVERLOADED', 'too many');
  };
  const { fakes, one } = callWith(t, [fails, fails, async () => 0.5]);
  await one.hear(0.9, 640);
  await one.hear(0, 192);
  await one.hear(0.9, 320);
  await one.hear(0, 192);
  await one.hear(0.9, 320);
  t.equal(await silenceUntilEnd(one), cadenceWaitMs);
  t.match(one.of('degraded'), [{ component: 'turn-end', error: { code: 'OVERLOADED' } }]);
  await concludes(t, fakes, one);
});

t.test('an answer that comes when the caller speaks on is dropped', async (t) => {
  let answerLate = (_probability: number): void => undefined;
  const late: Answer = () => new Promise((resolve) => (answerLate = resolve));
  const { fakes, one } = callWith(t, [late, async () => 0.5]);
  await one.hear(0.9, 640);
  await one.hear(0, 192);
  await one.hear(0.9, 320);
  answerLate(1);
  await one.pass(20);
  t.equal(one.of('speech.ended').length, 0);
  t.equal(await silenceUntilEnd(one), cadenceWaitMs, 'the next pause is judged by its own answer');
  await concludes(t, fakes, one);
});

t.test('an answer that comes after the turn was over is dropped, and its request cancelled', async (t) => {
  const reasons: unknown[] = [];
  const never: Answer = (_samples, signal) =>
    new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason);
        reject(signal.reason as Error);
      }),
    );
  const { fakes, one } = callWith(t, [never]);
  await one.hear(0.9, 960);
  t.equal(await silenceUntilEnd(one), cadenceWaitMs);
  await one.pass(100);
  t.equal(reasons.length, 1);
  t.equal(one.of('degraded').length, 0, 'being cancelled is no failure');
  await concludes(t, fakes, one);
});
