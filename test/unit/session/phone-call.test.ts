/**
 * What telephones ask of a session: keys, a greeting, silence, what was really played, a person who takes over.
 */
import t, { type Test } from 'tap';
import { parseResponseRules } from '../../../src/stages/response/rule-file.js';
import { FakeAbilities, says, wordMs } from '../../support/fake-abilities.js';
import { lineRateHz, lineSignals, pause, tone, type LineSignal } from '../../support/line-signals.js';
import { SessionCall, type SessionCallOptions } from '../../support/session-call.js';

type Scripts = ConstructorParameters<typeof FakeAbilities>[0];

const semantic = { type: 'semantic', eagerness: 'medium', createReply: true, interruptReply: true } as const;
const longAnswer = Array.from({ length: 15 }, (_, index) => `word${index}`).join(' ');

function call(t: Test, scripts: Scripts, options: SessionCallOptions = {}) {
  const fakes = new FakeAbilities(scripts);
  return { fakes, call: new SessionCall(t, fakes, options) };
}

t.test('keys break a reply off, become a message, and are answered', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Tell me a story.' }],
    answers: [says(longAnswer), says('Thank you.')],
  });
  await one.say();
  await one.pass(1_000);
  await one.send({ type: 'digit.pressed', digit: '4' });
  t.match(one.of('reply.ended')[0], { status: 'cancelled', reason: 'barge-in' });
  const sounds = one.of('reply.audio').length;
  await one.send({ type: 'digit.pressed', digit: '2' });
  await one.send({ type: 'digit.pressed', digit: '#' });
  await one.pass(1_000);
  t.same(
    one.of('digit.pressed').map(({ digit }) => digit),
    ['4', '2', '#'],
  );
  t.match(fakes.requests[1]?.messages.at(-1), { role: 'user', text: 'Keys pressed: 42' });
  t.equal(one.of('reply.ended').at(-1)?.status, 'completed');
  t.ok(one.of('reply.audio').length > sounds, 'the answer is heard');
  t.same(fakes.sentimentTexts, ['Tell me a story.'], 'no feeling is read from keys');
  fakes.allUsed(t);
});

t.test('a hash over a reply that speaks is answered at once', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Tell me a story.' }],
    answers: [says(longAnswer), says('Yes?')],
  });
  await one.say();
  await one.pass(800);
  await one.send({ type: 'digit.pressed', digit: '#' });
  await one.pass(600);
  t.same(
    one.of('reply.ended').map(({ status }) => status),
    ['cancelled', 'completed'],
  );
  t.same(one.of('request.failed'), []);
  fakes.allUsed(t);
});

t.test('a greeting is said first', async (t) => {
  const { call: one } = call(t, {}, { settings: { greeting: 'Good day.' } });
  await one.pass(1_500);
  t.equal(await one.textOf(one.spokenItemId), 'Good day.');
  t.equal(one.of('reply.ended').length, 1);
});

t.test('a silent caller is asked, asked again and given up', async (t) => {
  const { call: one, fakes } = call(
    t,
    {},
    { settings: { turnDetection: semantic, greeting: 'Good day.', silence: { promptAfterMs: 5_000, prompts: 2 } } },
  );
  await one.pass(2 * wordMs + 5_000);
  t.same(fakes.spokenClauses, ['Good day.', 'Are you still there?']);
  await one.pass(4 * wordMs + 5_000);
  t.equal(fakes.spokenClauses.length, 3);
  await one.pass(4 * wordMs + 5_000 + 100);
  t.match(fakes.spokenClauses.at(-1), 'Goodbye.');
  t.notOk(one.types.includes('session.ended'), 'not before the farewell was heard');
  await one.pass(5_000);
  t.equal(one.types.at(-1), 'session.ended');
  t.same(fakes.clock.pendingDelaysMs, [], 'no timer waits');
});

t.test('a silent caller may be asked for as long as it takes', async (t) => {
  const { call: one, fakes } = call(t, {}, { settings: { silence: { promptAfterMs: 5_000, prompts: Infinity } } });
  for (let count = 1; count <= 5; count += 1) {
    await one.pass(4 * wordMs + 5_100);
    t.equal(fakes.spokenClauses.length, count);
  }
  t.same([...new Set(fakes.spokenClauses)], ['Are you still there?']);
});

t.test('whoever speaks during the farewell is listened to', async (t) => {
  const { call: one } = call(
    t,
    { heard: [{ final: 'Wait, I am here.' }], answers: [says('Good.')] },
    { settings: { silence: { promptAfterMs: 5_000, prompts: 0 } } },
  );
  await one.pass(5_500);
  t.equal(one.of('reply.started').length, 1, 'the farewell');
  await one.say(1_600);
  await one.pass(3_000);
  t.notOk(one.types.includes('session.ended'));
  t.equal(one.of('reply.ended').at(-1)?.status, 'completed');
});

t.test('the history holds what was played, not what was sent', async (t) => {
  const script = { heard: [{ final: 'Tell me a story.' }, { final: 'Stop, please.' }] };
  const { call: prompt } = call(t, { ...script, answers: [says(longAnswer), says('Fine.')] });
  const { call: late } = call(t, { ...script, answers: [says(longAnswer), says('Fine.')] });
  const texts: string[] = [];
  for (const one of [prompt, late]) {
    await one.say();
    await one.pass(2_000);
    const itemId = one.spokenItemId;
    // The one's line is quick; the other's telephone is a second behind.
    if (one === late) await one.send({ type: 'playback.reached', itemId, playedMs: 1_000 });
    await one.say(1_600);
    texts.push((await one.textOf(itemId)) ?? '');
  }
  const [quickWords = 0, lateWords = 0] = texts.map((text) => text.split(' ').length);
  t.ok(lateWords >= 2 && lateWords < quickWords, `${lateWords} words, ${quickWords} on the quick line`);
});

t.test('word of what was played for an unknown item, or from nowhere, harms nothing', async (t) => {
  const { call: one } = call(t, {});
  await one.send({ type: 'playback.reached', itemId: 'item_nobody', playedMs: 1_000 });
  t.same(one.of('request.failed'), []);
});

t.test('a rule hands the call over: said, told, ended', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'This is a disgrace.' }] },
    { settings: { mayTransfer: true } },
  );
  fakes.responseRules.current = parseResponseRules(
    `rules:
  - { name: now, when: { feeling: angry, minStrength: 0.2 }, escalate: { action: transfer, reason: the caller is angry } }
locales: { en-US: { display: { unpleasant: 1, pleasant: 1 }, answerStrength: 1, manner: Be plain. } }`,
    'test.yaml',
  );
  await one.say();
  await one.pass(16 * wordMs);
  t.match(fakes.spokenClauses, [/putting you through/u]);
  t.match(one.of('call.transferred'), [{ reason: 'the caller is angry' }]);
  t.same(one.types.slice(-2), ['call.transferred', 'session.ended']);
});

t.test('lost audio counts as silence once, also when it comes late', async (t) => {
  const { call: one } = call(t, { heard: [{ final: 'One.' }], answers: [says('Yes.')] });
  await one.hear(0.9, 960);
  const before = one.types.length;
  // The line holds 256 ms of silence back and then delivers it: the turn must not end before 320 ms of it have passed.
  await one.pass(256);
  let startSample = 15_360;
  for (let window = 0; window < 8; window += 1) {
    const frame = { samples: new Float32Array(512), sampleRateHz: 16_000, startSample };
    startSample += 512;
    await one.send({ type: 'audio', frame });
  }
  t.notOk(one.types.slice(before).includes('speech.ended'));
  // A hole in the positions: a jump of 64 ms is the rest of the silence.
  const frame = { samples: new Float32Array(512), sampleRateHz: 16_000, startSample: startSample + 1_024 };
  await one.send({ type: 'audio', frame });
  await one.pass(40);
  t.ok(one.types.slice(before).includes('speech.ended'));
});

const machines = { fax: 'hang-up', beep: 'greet' } as const;

/** Signals of a line as the platform brings them, with the time that they take. */
async function bring(one: SessionCall, signals: readonly LineSignal[], startMs = 0): Promise<void> {
  const samples = lineSignals(signals, -80);
  for (let at = 0; at < samples.length; at += 160) {
    const frame = {
      samples: samples.subarray(at, at + 160),
      sampleRateHz: lineRateHz,
      startSample: startMs * 8 + at,
    };
    await one.send({ type: 'audio', frame });
    await one.pass(20);
  }
}

t.test('a fax ends the call', async (t) => {
  const { call: one } = call(t, {}, { settings: { tones: machines, greeting: longAnswer } });
  await t.rejects(bring(one, [pause(100), tone(2_100, 2_000)]), 'nothing more is taken');
  t.match(one.of('tone.detected'), [{ tone: 'fax-answering', frequencyHz: 2_100 }]);
  t.match(one.events.at(-1), { type: 'session.ended', error: null });
  t.match(one.of('reply.ended'), [{ status: 'cancelled' }]);
});

t.test('who only wants to be told is only told, and who does not listen hears nothing', async (t) => {
  for (const tones of [{ fax: 'tell', beep: 'tell' }, null] as const) {
    const { call: one } = call(t, {}, { settings: { tones, greeting: 'Hello there.' } });
    await bring(one, [tone(2_100, 1_500), pause(400), tone(1_000, 400), pause(400)]);
    t.same(
      one.of('tone.detected').map(({ tone: name }) => name),
      tones === null ? [] : ['fax-answering', 'beep'],
    );
    t.equal(one.of('reply.started').length, 1, 'the greeting was said once');
    t.notOk(one.types.includes('session.ended'));
  }
});

t.test('after the beep the greeting begins anew, once', async (t) => {
  const { fakes, call: one } = call(t, {}, { settings: { tones: machines, greeting: longAnswer } });
  await bring(one, [pause(500), tone(1_000, 400), pause(600)]);
  t.same(
    one.of('reply.ended').map(({ status }) => status),
    ['cancelled'],
    'nobody heard the first one',
  );
  await one.pass(9_000);
  t.same(
    one.of('reply.ended').map(({ status }) => status),
    ['cancelled', 'completed'],
  );
  await bring(one, [tone(1_000, 400), pause(600)], 1_500);
  t.equal(one.of('tone.detected').length, 2);
  t.equal(one.of('reply.started').length, 2);
  t.equal(fakes.spokenClauses.filter((clause) => clause.startsWith('word0')).length, 2);
});

t.test('what a machine said before its beep is no turn while it lasts', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'never asked for' }] },
    {
      settings: {
        tones: machines,
        greeting: 'Hello there.',
        turnDetection: { type: 'semantic', eagerness: 'low', createReply: true, interruptReply: true },
      },
    },
  );
  await one.pass(2_000);
  await one.hear(0.9, 960);
  await bring(one, [pause(200), tone(1_000, 400), pause(600)], 960);
  t.equal(one.of('input.cleared').length, 1);
  await one.pass(3_000);
  t.same(one.of('transcript.final'), []);
  t.equal(one.of('reply.started').length, 2, 'both of them the greeting');
  fakes.allUsed(t);
});

t.test('what is answered to a machine is broken off at its beep', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'You have reached a machine.' }], answers: [says(longAnswer)] },
    { settings: { tones: machines, greeting: 'Hello there.' } },
  );
  await one.pass(2_000);
  await one.say();
  await bring(one, [pause(200), tone(1_000, 400), pause(600)], 1_280);
  await one.pass(3_000);
  t.same(
    one.of('reply.ended').map(({ status }) => status),
    ['completed', 'cancelled', 'completed'],
  );
  t.same(fakes.spokenClauses.at(-1), 'Hello there.');
  fakes.allUsed(t);
});
