/**
 * Answers that are begun before the turn is over: when they are used, when they are dropped, and that nothing shows of either.
 *
 * Turns end after 320 ms of silence and are expected to after 96.
 */
import t, { type Test } from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { parseResponseRules } from '../../../src/stages/response/rule-file.js';
import { FakeAbilities, says, words, type AnswerScript, type HeardScript } from '../../support/fake-abilities.js';
import { SessionCall, tenWindows, type SessionCallOptions } from '../../support/session-call.js';

interface Scripts {
  readonly heard: readonly HeardScript[];
  readonly answers: readonly AnswerScript[];
}

function place(t: Test, scripts: Scripts, options: SessionCallOptions = {}) {
  const fakes = new FakeAbilities(scripts);
  const call = new SessionCall(t, fakes, { speculates: true, ...options });
  return { fakes, call };
}

function outcomes(fakes: FakeAbilities): Readonly<Record<string, number>> {
  return Object.fromEntries(
    ['started', 'used', 'discarded', 'failed'].flatMap((outcome) => {
      const count = fakes.counts.get(`speculations_total ${outcome}`);
      return count === undefined ? [] : [[outcome, count]];
    }),
  );
}

async function leavesNothing(t: Test, fakes: FakeAbilities, call: SessionCall): Promise<void> {
  await call.session[Symbol.asyncDispose]();
  t.same(fakes.clock.pendingDelaysMs, [], 'no timer waits');
  t.equal(call.types.at(-1), 'session.ended');
  fakes.allUsed(t);
}

/** A pause that is expected to be the end, and is not over. */
async function pause(call: SessionCall): Promise<void> {
  await call.hear(0.9, 960);
  await call.hear(0, 160);
}

const spoken = (call: SessionCall): string =>
  call
    .of('reply.text')
    .map(({ delta }) => delta)
    .join('');

/** Tells of its signal, and waits until it is broken off. */
function hangs(signals: AbortSignal[]): AnswerScript {
  return async function* (_request, signal) {
    signals.push(signal);
    yield* words('Well,');
    await new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    );
  };
}

const order: HeardScript = { final: 'Where is my order?', foreseen: ['Where is my order?'] };

t.test('the answer is there when the turn ends; until then nothing is told', async (t) => {
  const { fakes, call } = place(t, { heard: [order], answers: [says('It is on its way.')] });
  await pause(call);
  t.equal(fakes.requests.length, 1, 'the responder was asked');
  t.same(fakes.spokenClauses, ['It is on its way.'], 'and spoken');
  t.same(
    call.types.filter((type) => /^(?:reply|item|utterance|transcript\.final)/u.test(type)),
    [],
  );
  t.same(outcomes(fakes), { started: 1 });
  await call.hear(0, 160);
  t.equal(call.types.includes('reply.audio'), true, 'sound at the end of the turn');
  await call.pass(3_000);
  t.equal(fakes.requests.length, 1, 'nobody was asked twice');
  t.equal(spoken(call), 'It is on its way.');
  t.equal(await call.textOf(call.spokenItemId), 'It is on its way.');
  t.same(outcomes(fakes), { started: 1, used: 1 });
  await leavesNothing(t, fakes, call);
});

t.test('the client is told the same, and the responder asked the same, as without', async (t) => {
  const run = async (speculates: boolean) => {
    const { fakes, call } = place(
      t,
      { heard: [order, order], answers: [says('Soon.'), says('Still soon.')] },
      { speculates },
    );
    for (let turn = 0; turn < 2; turn += 1) {
      await call.say();
      await call.pass(3_000);
    }
    const story = call.story.filter((type) => type !== 'turn.timed');
    await leavesNothing(t, fakes, call);
    // The numbers of the feeling move a little with the silence at the end.
    const requests = fakes.requests.map((request) => ({
      ...request,
      emotion: [request.emotion?.label, request.emotion?.trend],
    }));
    const acts = call.of('reply.started').map(({ decision }) => [decision.rules, decision.acts, decision.manner]);
    return { story, requests, acts };
  };
  t.same(await run(true), await run(false));
});

t.test('the caller goes on: the answer is dropped and was never there', async (t) => {
  const signals: AbortSignal[] = [];
  const { fakes, call } = place(t, {
    heard: [{ final: 'Hello, where is it?', foreseen: ['Hello.', 'Hello, where is it?'] }],
    answers: [hangs(signals), says('On its way.')],
  });
  await pause(call);
  t.equal(signals.length, 1);
  await call.hear(0.9, 640);
  t.equal(signals[0]?.aborted, true, 'the request is broken off');
  t.same(outcomes(fakes), { started: 1, discarded: 1 });
  await call.hear(0, 320);
  await call.pass(3_000);
  t.equal(spoken(call), 'On its way.');
  t.same(
    fakes.requests.map(({ messages }) => messages),
    [[{ role: 'user', text: 'Hello.' }], [{ role: 'user', text: 'Hello, where is it?' }]],
  );
  t.equal(call.of('reply.started').length, 1);
  t.equal(fakes.requests[1]?.emotion?.trend, 'steady', 'the course of the feeling has one turn');
  t.same(outcomes(fakes), { started: 2, discarded: 1, used: 1 });
  await leavesNothing(t, fakes, call);
});

t.test('other words at the end than were expected: asked anew', async (t) => {
  const { fakes, call } = place(t, {
    heard: [{ partials: [{ afterMs: 300, text: 'where is' }], final: 'Where is my order?' }],
    answers: [says('Where is what?'), says('On its way.')],
  });
  await call.say();
  await call.pass(3_000);
  t.equal(spoken(call), 'On its way.');
  t.same(outcomes(fakes), { started: 1, discarded: 1 });
  await leavesNothing(t, fakes, call);
});

t.test('marks and capitals alone are no other words', async (t) => {
  const { fakes, call } = place(t, {
    heard: [{ partials: [{ afterMs: 300, text: 'where is my order' }], final: 'Where is my order?' }],
    answers: [says('On its way.')],
  });
  await call.say();
  await call.pass(3_000);
  t.equal(await call.textOf(call.of('speech.started')[0]?.itemId ?? ''), 'Where is my order?');
  t.same(outcomes(fakes), { started: 1, used: 1 });
  await leavesNothing(t, fakes, call);
});

t.test('tools: no call is told before the turn is over, and none at all of a dropped answer', async (t) => {
  const calls: AnswerScript = async function* () {
    yield { type: 'tool-call', callId: 'c1', name: 'find', argumentsDelta: '{"a":1}' };
    yield { type: 'ended', reason: 'completed', usage: null };
  };
  const used = place(t, { heard: [order], answers: [calls] });
  await pause(used.call);
  t.equal(used.fakes.requests.length, 1);
  t.equal(used.call.of('reply.tool.started').length, 0);
  await used.call.hear(0, 160);
  await used.call.pass(200);
  t.same(
    used.call.of('reply.tool.ended').map(({ item }) => [item.name, item.argumentsJson]),
    [['find', '{"a":1}']],
  );
  await leavesNothing(t, used.fakes, used.call);

  const dropped = place(t, {
    heard: [{ final: 'Find it, please.', foreseen: ['Find it.', 'Find it, please.'] }],
    answers: [calls, says('Of course.')],
  });
  await pause(dropped.call);
  await dropped.call.hear(0.9, 320);
  await dropped.call.hear(0, 320);
  await dropped.call.pass(2_000);
  t.equal(dropped.call.of('reply.tool.started').length, 0);
  await leavesNothing(t, dropped.fakes, dropped.call);
});

t.test('an answer that fails is asked for anew, and the failure is nobody’s business', async (t) => {
  const fails: AnswerScript = async function* () {
    yield* words('It');
    throw new AttuneError('RESPONDER_FAILED', 'no');
  };
  const { fakes, call } = place(t, { heard: [order], answers: [fails, says('On its way.')] });
  await call.say();
  await call.pass(3_000);
  t.equal(spoken(call), 'On its way.');
  t.same(call.of('degraded'), []);
  t.same(outcomes(fakes), { started: 1, failed: 1 });
  await leavesNothing(t, fakes, call);
});

t.test('a responder that is still thinking when the turn ends is not asked again', async (t) => {
  let answer: () => void = () => undefined;
  const thinks: AnswerScript = async function* () {
    await new Promise<void>((resolve) => (answer = resolve));
    yield* words('On its way.');
    yield { type: 'ended', reason: 'completed', usage: null };
  };
  const { fakes, call } = place(t, { heard: [order], answers: [thinks] });
  await call.say();
  await call.pass(500);
  t.equal(call.of('reply.started').length, 1);
  t.equal(spoken(call), '');
  answer();
  await call.pass(2_000);
  t.equal(spoken(call), 'On its way.');
  await leavesNothing(t, fakes, call);
});

for (const [firstTokenMs, withoutMs, withMs] of [
  [100, 390, 288],
  [200, 490, 288],
  [400, 690, 468],
] as const) {
  t.test(`a first token after ${firstTokenMs} ms counts from the pause, not from the end of the turn`, async (t) => {
    const soundAfterMs = async (speculates: boolean): Promise<number> => {
      const { fakes, call } = place(
        t,
        {
          heard: [order],
          answers: [
            async function* (request, signal) {
              await fakes.clock.sleep(firstTokenMs, signal);
              yield* says('On its way.')(request, signal);
            },
          ],
        },
        { speculates },
      );
      await call.hear(0.9, 960);
      const spokenAtMs = fakes.clock.nowMs();
      while (!call.types.includes('reply.audio')) await call.hear(0, 32);
      await call.pass(2_000);
      return (call.of('turn.timed')[0]?.timing.firstAudioMs ?? NaN) - spokenAtMs;
    };
    const [without, ahead] = [await soundAfterMs(false), await soundAfterMs(true)];
    t.equal(without, withoutMs);
    t.equal(ahead, withMs, 'of which the silence that ends the turn is 288');
  });
}

t.test('barge-in and cancelling reach an answer that was prepared', async (t) => {
  const story = Array.from({ length: 15 }, (_, index) => `word${index}`).join(' ');
  for (const how of ['speech', 'client'] as const) {
    let wasBrokenOff = false;
    const tells: AnswerScript = async function* (_request, signal) {
      signal.addEventListener('abort', () => (wasBrokenOff = true), { once: true });
      yield* words(story);
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      );
    };
    const { fakes, call } = place(t, {
      heard: [order, ...(how === 'speech' ? [{ final: 'Stop, please.' }] : [])],
      answers: [tells, ...(how === 'speech' ? [says('Fine.')] : [])],
    });
    await call.say();
    await call.pass(1_500);
    t.equal(outcomes(fakes)['used'], 1);
    if (how === 'speech') await call.hear(0.9, 640);
    else await call.send({ type: 'reply.cancel', replyId: null });
    t.equal(wasBrokenOff, true, how);
    t.equal(call.of('reply.ended')[0]?.reason, how === 'speech' ? 'barge-in' : 'client-cancelled');
    const heard = (await call.textOf(call.of('reply.message.started')[0]?.itemId ?? '')) ?? '';
    t.ok(heard.length < story.length, `the history holds what was heard: ${heard}`);
    if (how === 'speech') await call.hear(0, 320);
    await call.pass(3_000);
    await leavesNothing(t, fakes, call);
  }
});

t.test('rules: the answer acts on the feeling as it would have, and people are told once', async (t) => {
  const { fakes, call } = place(t, {
    heard: [{ final: 'Hello, where is it?', foreseen: ['Hello.', 'Hello, where is it?'] }],
    answers: [says('Yes?'), says('I am sorry.')],
  });
  fakes.responseRules.current = parseResponseRules(
    `rules:
  - name: apologise
    when: { minTurns: 1 }
    acts: apologise
  - name: tell
    when: { minTurns: 1 }
    escalate: { action: notify, reason: feels }
    restTurns: 4
`,
    'rules.yaml',
  );
  await pause(call);
  await call.hear(0.9, 320);
  await call.hear(0, 320);
  await call.pass(3_000);
  t.same(call.of('escalation').length, 1);
  t.same(fakes.requests.at(-1)?.acts, call.of('reply.started')[0]?.decision.acts);
  t.same(outcomes(fakes), { started: 2, discarded: 1, used: 1 });
  await leavesNothing(t, fakes, call);
});

for (const [why, options, prepare] of [
  ['the operator does not want it', { speculates: false }, () => undefined],
  ['the machine is loaded', {}, (fakes: FakeAbilities) => (fakes.load.level = 1)],
  [
    'the client asks for replies itself',
    { settings: { turnDetection: { ...tenWindows, createReply: false } } },
    () => undefined,
  ],
] as const) {
  t.test(`nothing is begun when ${why}`, async (t) => {
    const answers = why.startsWith('the client') ? [] : [says('Soon.')];
    const { fakes, call } = place(t, { heard: [order], answers }, options);
    prepare(fakes);
    await pause(call);
    t.equal(fakes.requests.length, 0);
    await call.hear(0, 160);
    await call.pass(2_000);
    t.same(outcomes(fakes), {});
    await leavesNothing(t, fakes, call);
  });
}

t.test('nothing is begun for what has no words', async (t) => {
  const { fakes, call } = place(t, { heard: [{ final: '', foreseen: [''] }], answers: [] });
  await call.hear(0.9, 480);
  await call.hear(0, 320);
  await call.pass(500);
  t.same(outcomes(fakes), {});
  await leavesNothing(t, fakes, call);
});

t.test('an answer under way ends with the call, and with the words it was for', async (t) => {
  for (const how of ['end', 'clear'] as const) {
    const signals: AbortSignal[] = [];
    const { fakes, call } = place(t, { heard: [order], answers: [hangs(signals)] });
    await pause(call);
    if (how === 'clear') {
      await call.send({ type: 'input.clear' });
      t.equal(signals[0]?.aborted, true);
      t.same(outcomes(fakes), { started: 1, discarded: 1 });
    }
    await leavesNothing(t, fakes, call);
    t.equal(signals[0]?.aborted, true, how);
  }
});
