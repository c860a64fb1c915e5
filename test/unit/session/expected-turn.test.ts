/**
 * What a call makes of a pause before it is the end: the words that were foreseen, and audio that is late.
 */
import t, { type Test } from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { ExpectedTurn } from '../../../src/pipeline/expected-turn.js';
import { idleTurn, type TurnState } from '../../../src/pipeline/turn-machine.js';
import { semanticTurnDetection } from '../../../src/session/settings.js';
import { FakeAbilities, says, type HeardScript } from '../../support/fake-abilities.js';
import { SessionCall } from '../../support/session-call.js';

const utterance = { startMs: 0, speechMs: 640, lastSpeechEndMs: 640, transcript: '', provisional: false } as const;
const speaking: TurnState = { name: 'speaking', ...utterance };
const pausing = (silenceMs: number): TurnState => ({
  name: 'pausing',
  silenceMs,
  finality: 0.5,
  endProbability: null,
  ...utterance,
});

for (const [name, states, told] of [
  ['once in a pause', [speaking, pausing(64), pausing(96), pausing(128)], [null, null, 'due', null]],
  ['and taken back when the caller goes on', [pausing(96), speaking, pausing(96)], ['due', 'over', 'due']],
  ['the end is no surprise', [pausing(96), idleTurn, speaking], ['due', null, null]],
  ['short pauses are nothing', [pausing(64), speaking, pausing(64)], [null, null, null]],
  [
    'nor are those of speech over the assistant',
    [{ ...pausing(500), provisional: true } as TurnState, { ...speaking, provisional: true } as TurnState],
    [null, null],
  ],
] as const) {
  t.test(`an end is expected: ${name}`, (t) => {
    const expected = new ExpectedTurn();
    t.same(
      states.map((state) => expected.note(state)),
      told,
    );
    t.end();
  });
}

async function turn(t: Test, heard: HeardScript, loadLevel: 0 | 1 = 0) {
  const fakes = new FakeAbilities({ heard: [heard], answers: [says('I see.')] });
  fakes.load.level = loadLevel;
  const call = new SessionCall(t, fakes, { settings: { turnDetection: semanticTurnDetection } });
  await call.hear(0.9, 960);
  const spokenAtMs = fakes.clock.nowMs();
  while (call.of('speech.ended').length === 0) await call.hear(0, 32);
  const waitMs = fakes.clock.nowMs() - spokenAtMs;
  await call.pass(2_000);
  return { call, waitMs, text: call.of('transcript.final')[0]?.text };
}

const behind = { partials: [{ afterMs: 500, text: 'i want to' }], final: 'I want to pay.' } as const;

t.test('words that the partial text does not have yet are known in the pause', async (t) => {
  const without = await turn(t, behind);
  const foreseen = await turn(t, { ...behind, foreseen: ['I want to pay.'] });
  t.ok(without.waitMs > 1_000, `${without.waitMs} ms while the words are open`);
  t.ok(foreseen.waitMs < 400, `${foreseen.waitMs} ms when they are not`);
  t.equal(foreseen.text, 'I want to pay.');
});

t.test('what was foreseen is the transcript when the turn ends there, without another run', async (t) => {
  const { text } = await turn(t, { final: new AttuneError('INFERENCE_FAILED', 'not asked'), foreseen: ['It works.'] });
  t.equal(text, 'It works.');
});

t.test('a foresight that fails costs nothing but itself', async (t) => {
  const failed = new AttuneError('INFERENCE_FAILED', 'no');
  const { text, call } = await turn(t, { final: 'It works.', foreseen: [failed] });
  t.equal(text, 'It works.');
  t.same(call.of('degraded'), []);
});

t.test('under load nobody asks', async (t) => {
  const { text } = await turn(t, { final: 'It works.', foreseen: ['Never asked.'] }, 1);
  t.equal(text, 'It works.');
});

t.test('a caller who goes on is heard to the end', async (t) => {
  const fakes = new FakeAbilities({
    heard: [{ final: 'Hello, can you help me?', foreseen: ['Hello.'] }],
    answers: [says('Yes.')],
  });
  const call = new SessionCall(t, fakes);
  await call.hear(0.9, 480);
  await call.hear(0, 160);
  await call.hear(0.9, 640);
  await call.hear(0, 352);
  await call.pass(1_000);
  t.same(
    call.of('transcript.final').map(({ text }) => text),
    ['Hello, can you help me?'],
  );
});

t.test('missing audio of a client that sends its silences is late; of one that does not, it is silence', async (t) => {
  const ends = async (prelude: (call: SessionCall) => Promise<void>, missingMs: number): Promise<number> => {
    const fakes = new FakeAbilities({ heard: [{ final: 'Hello.' }], answers: [says('Yes.')] });
    const call = new SessionCall(t, fakes);
    await prelude(call);
    await call.hear(0.9, 480);
    await call.pass(missingMs);
    return call.of('speech.ended').length;
  };
  const sendsSilence = (call: SessionCall): Promise<void> => call.hear(0, 1_100);
  t.equal(await ends(async () => undefined, 600), 1);
  t.equal(await ends(sendsSilence, 600), 0);
  t.equal(await ends(sendsSilence, 1_000), 1, 'a client that is gone does not hang the turn');
  t.equal(await ends((call) => call.hear(0, 600), 600), 1, 'a short silence says nothing');
  const stops = async (call: SessionCall): Promise<void> => {
    await call.hear(0, 1_100);
    await call.pass(1_200);
  };
  t.equal(await ends(stops, 600), 1, 'who stops sending does not send silences any more');
});
