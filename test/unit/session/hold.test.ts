/**
 * A call on hold: nothing is heard, nothing is said, the line sounds of waiting, and nothing of it is left behind.
 */
import t, { type Test } from 'tap';
import { FakeAbilities, says, type AnswerScript } from '../../support/fake-abilities.js';
import { SessionCall, type SessionCallOptions } from '../../support/session-call.js';

type Scripts = ConstructorParameters<typeof FakeAbilities>[0];

const longAnswer = Array.from({ length: 15 }, (_, index) => `word${index}`).join(' ');
const silence = { promptAfterMs: 1_000, prompts: 1 };

function call(t: Test, scripts: Scripts, settings: SessionCallOptions['settings'] = {}) {
  const fakes = new FakeAbilities(scripts);
  return { fakes, call: new SessionCall(t, fakes, { settings }) };
}

const levelDb = (samples: Float32Array): number =>
  10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length + 1e-12);

t.test('what is said is broken off, and the caller is neither heard nor asked', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Tell me a story.' }, { final: 'I am back.' }], answers: [says(longAnswer), says('Good.')] },
    { silence },
  );
  await one.say();
  await one.pass(800);
  await one.send({ type: 'call.hold' });
  t.match(one.of('reply.ended')[0], { status: 'cancelled' });
  t.ok(one.types.indexOf('reply.ended') < one.types.indexOf('call.held'), 'in this order');
  const from = one.events.length;
  await one.say();
  await one.send({ type: 'digit.pressed', digit: '1' });
  await one.pass(10_000);
  t.same(one.events.slice(from), [], 'not a word, not a key, not a prompt');
  await one.send({ type: 'call.take-back' });
  t.match(one.of('call.taken-back'), [{ heldMs: 11_280 }]);
  await one.say();
  await one.pass(400);
  t.equal(one.of('reply.ended').at(-1)?.status, 'completed', 'listened to again');
  t.match(fakes.requests[1]?.messages.at(-1), { text: 'I am back.' });
  fakes.allUsed(t);
});

t.test('a silent caller is asked again once the call was taken back', async (t) => {
  const { call: one } = call(t, {}, { silence });
  await one.send({ type: 'call.hold' });
  await one.pass(5_000);
  await one.send({ type: 'call.take-back' });
  await one.pass(900);
  t.same(one.of('reply.started'), []);
  await one.pass(200);
  t.equal(one.of('reply.started').length, 1);
});

t.test('what the caller had begun is forgotten', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'never asked for' }] });
  await one.hear(0.9, 960);
  await one.send({ type: 'call.hold' });
  t.equal(one.of('input.cleared').length, 1);
  await one.hear(0, 960);
  await one.send({ type: 'call.take-back' });
  await one.pass(2_000);
  t.same(one.of('speech.ended'), []);
  fakes.allUsed(t);
});

t.test('an answer that was being thought of does not come', async (t) => {
  const { call: one } = call(t, { heard: [{ final: 'What time is it?' }], answers: [] });
  await one.hear(0.9, 960);
  await one.hear(0, 288);
  await one.send({ type: 'call.hold' });
  await one.pass(2_000);
  t.same(one.of('reply.started'), []);
});

t.test('nothing may be said meanwhile, and asking twice changes nothing', async (t) => {
  const { call: one } = call(t, {});
  await one.send({ type: 'call.take-back' });
  t.same(one.of('call.taken-back'), [], 'not on hold');
  await one.send({ type: 'call.hold' });
  await one.send({ type: 'call.hold' });
  t.equal(one.of('call.held').length, 1);
  await one.send({ type: 'reply.say', text: 'Hello.' });
  await one.send({ type: 'input.commit' });
  t.same(
    one.of('request.failed').map(({ error }) => error.code),
    ['CALL_ON_HOLD', 'CALL_ON_HOLD'],
  );
  await one.type('A note for later.');
  t.equal(one.of('item.done').length, 1, 'what makes no sound goes on');
});

t.test('the sound of waiting', async (t) => {
  for (const [holdSound, quietestDb, loudestDb] of [
    ['tone', -100, -30],
    ['noise', -58, -52],
  ] as const) {
    const { call: one } = call(t, {}, { holdSound });
    await one.send({ type: 'call.hold' });
    await one.pass(5_000);
    const sounds = one.of('line.audio');
    const soundMs = sounds.reduce((sum, { samples, sampleRateHz }) => sum + (1000 * samples.length) / sampleRateHz, 0);
    t.ok(soundMs >= 5_000 && soundMs <= 5_300, `${holdSound}: ${soundMs} ms in 5,000 ms`);
    const levels = sounds.map(({ samples }) => levelDb(samples));
    t.ok(Math.min(...levels) >= quietestDb - 21 && Math.max(...levels) <= loudestDb, `${Math.max(...levels)} dB`);
    await one.send({ type: 'call.take-back' });
    await one.pass(1_000);
    t.equal(one.of('line.audio').length, sounds.length, 'none of it afterwards');
  }
});

t.test('a call that ends on hold leaves nothing behind', async (t) => {
  for (const end of ['hang-up', 'gone'] as const) {
    const { fakes, call: one } = call(t, {}, { holdSound: 'tone', silence });
    await one.send({ type: 'call.hold' });
    await one.pass(500);
    if (end === 'hang-up') await one.send({ type: 'hang-up', farewell: null });
    else one.session.end(null);
    await one.session[Symbol.asyncDispose]();
    t.equal(one.events.at(-1)?.type, 'session.ended');
    t.same(fakes.clock.pendingDelaysMs, [], 'no timer waits');
  }
});

t.test('a farewell takes the call back', async (t) => {
  const { call: one } = call(t, {}, { holdSound: 'tone' });
  await one.send({ type: 'call.hold' });
  await one.send({ type: 'hang-up', farewell: 'Goodbye now.' });
  const sounds = one.of('line.audio').length;
  await one.pass(2_500);
  t.equal(one.of('line.audio').length, sounds);
  t.match(one.of('reply.ended'), [{ status: 'completed' }]);
  t.equal(one.events.at(-1)?.type, 'session.ended');
});

t.test('the assistant puts a caller on hold by its tool, once that was heard', async (t) => {
  const holding: AnswerScript = async function* () {
    yield { type: 'text', delta: 'One moment please.' };
    yield { type: 'tool-call', callId: 'c1', name: 'put_on_hold', argumentsDelta: '{}' };
    yield { type: 'ended', reason: 'completed', usage: null };
  };
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Who can help?' }, { final: 'Hello?' }], answers: [holding, says('Yes.')] },
    { mayHold: true },
  );
  await one.say();
  await one.pass(800);
  t.same(one.of('call.held'), [], 'still speaking');
  await one.pass(1_500);
  t.equal(one.of('call.held').length, 1);
  t.ok(fakes.requests[0]?.tools.some(({ name }) => name === 'put_on_hold'));
  await one.send({ type: 'call.take-back' });
  await one.say();
  await one.pass(500);
  const roles = fakes.requests[1]?.messages.map(({ role }) => role);
  t.ok(roles?.includes('tool-result'), 'the model sees that its tool has answered');
  fakes.allUsed(t);
});
