/**
 * A session under scripted abilities and a clock that stands still: what the client is told, in which order, and what is
 * left when something fails.
 */
import { parseResponseRules } from '../../../src/stages/response/rule-file.js';
import t, { type Test } from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { angryVoice, FakeAbilities, says, words, wordMs, type AnswerScript } from '../../support/fake-abilities.js';
import { ordinaryReply } from '../../../src/session/events.js';
import { SessionCall, tenWindows, type SessionCallOptions } from '../../support/session-call.js';

type Scripts = ConstructorParameters<typeof FakeAbilities>[0];

function call(t: Test, scripts: Scripts, options: SessionCallOptions = {}) {
  const fakes = new FakeAbilities(scripts);
  return { fakes, call: new SessionCall(t, fakes, options) };
}

/** Fifteen words: six seconds of sound. */
const longAnswer = Array.from({ length: 15 }, (_, index) => `word${index}`).join(' ');

/** Ends a call and shows that nothing of it is left. */
async function leavesNothing(t: Test, fakes: FakeAbilities, one: SessionCall): Promise<void> {
  await one.session[Symbol.asyncDispose]();
  t.same(fakes.clock.pendingDelaysMs, [], 'no timer waits');
  t.equal(one.types.filter((type) => type === 'session.ended').length, 1);
  t.equal(one.types.at(-1), 'session.ended');
  fakes.allUsed(t);
}

/** Waits until it is broken off. */
const neverAnswers: AnswerScript = async function* (_request, signal) {
  await new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  yield* [];
};

t.test('under load the voice is judged only where speech ends', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'Where is my order?' }], answers: [says('On its way.')] });
  fakes.load.level = 2;
  await one.say();
  await one.pass(2_000);
  t.same(
    one.of('emotion.estimated').map((event) => event.final),
    [false, true],
    'at the pause, and the whole turn',
  );
  await leavesNothing(t, fakes, one);
});

t.test('a spoken turn: every event in its order, and the history that comes of it', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ partials: [{ afterMs: 300, text: 'where is' }], final: 'Where is my order?' }],
    answers: [says('It is on its way.')],
  });
  await one.say();
  await one.pass(2_000);
  t.same(one.story, [
    'session.ready',
    'speech.started',
    'transcript.partial',
    'emotion.estimated',
    'speech.ended',
    'utterance.committed',
    'item.added',
    'item.done',
    'transcript.final',
    'emotion.estimated',
    'reply.started',
    'reply.message.started',
    'reply.message.ended',
    'reply.ended',
    'turn.timed',
  ]);
  t.same(
    one.of('emotion.estimated').map((event) => event.final),
    [false, false, true],
    'half a second in, at the pause, and the whole turn',
  );
  t.same(
    one.of('emotion.estimated').map((event) => event.expressions === null),
    [true, true, false],
  );
  const weights = one.of('emotion.estimated').at(-1)?.estimate.weights;
  t.ok(weights && weights.voice > 0 && weights.text > 0, 'voice and words both count');
  t.match(fakes.requests[0], {
    messages: [{ role: 'user', text: 'Where is my order?' }],
    instructions: 'Be brief.',
    emotion: { label: String, trend: 'steady' },
  });
  t.match(one.of('reply.ended')[0], {
    status: 'completed',
    reason: 'finished',
    error: null,
    usage: { inputTokens: 3 },
  });
  t.equal(await one.textOf(one.spokenItemId), 'It is on its way.');
  const [timed] = one.of('turn.timed');
  t.equal(timed?.itemId, one.of('speech.started')[0]?.itemId);
  const timing = timed?.timing;
  const instants = [
    timing?.speechEndMs,
    timing?.endpointMs,
    timing?.transcriptMs,
    timing?.replyRequestedMs,
    timing?.firstTokenMs,
    timing?.firstClauseMs,
    timing?.firstAudioMs,
  ];
  t.same(
    instants,
    [...instants].sort((a = NaN, b = NaN) => a - b),
    'every step was timed, none before the one it needs',
  );
  t.equal(one.of('speech.ended')[0]?.endMs, 960);
  await leavesNothing(t, fakes, one);
});

t.test('sound leaves at the pace of listening, so far ahead and no further', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'Tell me a story.' }], answers: [says(longAnswer)] });
  await one.say();
  await one.pass(1_000);
  const soonMs = one.of('reply.audio').length * 100;
  t.ok(soonMs >= 1_000 && soonMs <= 1_000 + 400 + 100, `${soonMs} ms of sound in the first second`);
  await one.pass(15 * wordMs);
  t.equal(one.of('reply.audio').length * 100, 15 * wordMs, 'all of it in the end');
  await leavesNothing(t, fakes, one);
});

t.test('barge-in: no sound after speech was told, and the history holds what was heard', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Tell me a story.' }, { final: 'Stop, please.' }],
    answers: [says(longAnswer), says('Fine.')],
  });
  await one.say();
  await one.pass(1_500);
  const from = one.events.length;
  await one.hear(0.9, 640);
  const after = one.events.slice(from).map((event) => event.type);
  const told = after.indexOf('speech.started');
  t.ok(told >= 0, 'the client is told');
  t.notOk(after.slice(told).includes('reply.audio'), 'no sound of the old reply follows');
  t.match(one.of('reply.ended')[0], { status: 'cancelled', reason: 'barge-in', output: [{ status: 'incomplete' }] });
  const text = (await one.textOf(one.of('reply.message.started')[0]?.itemId ?? '')) ?? '';
  const heard = text.split(' ').length;
  t.ok(longAnswer.startsWith(text) && heard >= 3 && heard <= 6, `about two seconds were heard: “${text}”`);
  await one.hear(0, 320);
  await one.pass(1_000);
  t.match(fakes.requests[1]?.messages, [
    { role: 'user' },
    { role: 'assistant', text },
    { role: 'user', text: 'Stop, please.' },
  ]);
  t.equal(one.of('reply.ended')[1]?.status, 'completed');
  t.equal(one.of('degraded').length, 0);
  await leavesNothing(t, fakes, one);
});

t.test('barge-in into an answer of many sentences, more than are thought ahead', async (t) => {
  const many = Array.from({ length: 60 }, (_, index) => `This is the sentence with number ${index}.`).join(' ');
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Tell me everything.' }, { final: 'Enough.' }],
    answers: [says(many), says('Fine.')],
  });
  await one.say();
  await one.pass(1_000);
  await one.say(640);
  await one.pass(1_000);
  t.same(
    one.of('reply.ended').map((event) => event.status),
    ['cancelled', 'completed'],
  );
  await leavesNothing(t, fakes, one);
});

const overlaps = [
  { name: 'a backchannel', final: 'Mm-hmm.' },
  { name: 'a cough', final: '' },
] as const;

for (const { name, final } of overlaps) {
  t.test(`${name} over the reply holds its sound and lets it go on: same reply, no turn`, async (t) => {
    const { fakes, call: one } = call(t, {
      heard: [{ final: 'Tell me a story.' }, { final, partials: [{ afterMs: 64, text: final.toLowerCase() }] }],
      answers: [says(longAnswer)],
    });
    await one.say();
    await one.pass(1_000);
    const from = one.events.length;
    await one.hear(0.9, 256);
    t.equal(one.of('reply.audio', from).length <= 1, true, 'it waits while the caller is heard');
    await one.hear(0, 320);
    await one.pass(7_000);
    t.same(
      [...new Set(one.events.slice(from).map((event) => event.type))],
      ['reply.audio', 'reply.clause', 'reply.message.ended', 'reply.ended', 'turn.timed'],
      'nothing of it is told',
    );
    t.equal(one.of('reply.audio').length * 100, 15 * wordMs, 'no sound is lost');
    t.equal(one.of('reply.ended')[0]?.status, 'completed');
    await leavesNothing(t, fakes, one);
  });
}

t.test('a short word over the reply is told at once, and is the beginning of what follows', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Tell me a story.' }, { final: 'Excuse me.' }, { final: 'Excuse me, can you stop?' }],
    answers: [says(longAnswer), says('Fine.')],
  });
  await one.say();
  await one.pass(1_000);
  await one.hear(0.9, 256);
  await one.hear(0, 128);
  t.equal(one.of('reply.ended')[0]?.reason, 'barge-in', 'its words interrupt');
  t.equal(one.of('speech.started').length, 2);
  await one.hear(0.9, 640);
  t.equal(fakes.requests.length, 1, 'nothing is answered meanwhile');
  await one.hear(0, 320);
  await one.pass(1_000);
  t.same(
    fakes.requests[1]?.messages
      .filter(({ role }) => role === 'user')
      .map((message) => 'text' in message && message.text),
    ['Tell me a story.', 'Excuse me, can you stop?'],
  );
  t.equal(one.of('reply.ended')[1]?.status, 'completed');
  await leavesNothing(t, fakes, one);
});

t.test('a client that pauses: the reply goes on at the sample, and not a word of it is lost', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Tell me a story.' }, { final: '' }], answers: [says(longAnswer)] },
    { settings: { heldSound: 'paused' } },
  );
  await one.say();
  await one.pass(1_000);
  const sentMs = one.of('reply.audio').length * 100;
  await one.hear(0.9, 128);
  const [held] = one.of('reply.held');
  t.ok(held && held.heardMs > 1_000 && held.heardMs < sentMs, `${held?.heardMs} of ${sentMs} ms were heard`);
  await one.hear(0, 320);
  t.equal(one.of('reply.resumed').length, 1);
  const from = one.events.indexOf(one.of('reply.resumed')[0]!);
  t.same(one.types.slice(one.events.indexOf(held!), from), ['reply.held'], 'no sound leaves in between');
  await one.pass(8_000);
  t.equal(one.of('reply.audio').length * 100, 15 * wordMs, 'every sound was sent, and once');
  t.equal(one.of('reply.ended')[0]?.status, 'completed');
  await leavesNothing(t, fakes, one);
});

t.test(
  'a client that pauses: what was heard when the reply is broken off is what was heard when it was held',
  async (t) => {
    const { fakes, call: one } = call(
      t,
      {
        heard: [{ final: 'Tell me a story.' }, { final: 'Stop, please.' }],
        answers: [says(longAnswer), says('Fine.')],
      },
      { settings: { heldSound: 'paused' } },
    );
    await one.say();
    await one.pass(1_500);
    await one.hear(0.9, 640);
    const heardMs = one.of('reply.held')[0]?.heardMs ?? 0;
    const text = (await one.textOf(one.of('reply.message.started')[0]?.itemId ?? '')) ?? '';
    t.equal(text.split(' ').length, Math.round(heardMs / wordMs), `${heardMs} ms: “${text}”`);
    t.equal(one.of('reply.resumed').length, 0);
    await one.hear(0, 320);
    await one.pass(1_000);
    t.equal(one.of('reply.ended')[1]?.status, 'completed');
    await leavesNothing(t, fakes, one);
  },
);

t.test('a reply that is held when its last sound has left does not end before it resumes', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Tell me a story.' }, { final: '' }], answers: [says('One two three.')] },
    { settings: { heldSound: 'paused' } },
  );
  await one.say();
  await one.pass(700);
  await one.hear(0.9, 128);
  await one.hear(0.42, 2_000);
  t.equal(one.of('reply.ended').length, 0);
  await one.hear(0, 320);
  await one.pass(3_000);
  t.match(
    one.types.filter((type) => ['reply.held', 'reply.resumed', 'reply.ended'].includes(type)),
    ['reply.held', 'reply.resumed', 'reply.ended'],
  );
  await leavesNothing(t, fakes, one);
});

for (const [name, act] of [
  ['clears its audio', { type: 'input.clear' }],
  ['takes the turns over', { type: 'settings.update', patch: { turnDetection: null } }],
] as const) {
  t.test(`a reply is not left held when the client ${name}`, async (t) => {
    const { call: one } = call(
      t,
      { heard: [{ final: 'Tell me a story.' }, { final: '' }], answers: [says(longAnswer)] },
      { settings: { heldSound: 'paused' } },
    );
    await one.say();
    await one.pass(1_000);
    await one.hear(0.9, 128);
    await one.send(act);
    t.equal(one.of('reply.resumed').length, 1);
    await one.pass(8_000);
    t.equal(one.of('reply.ended')[0]?.status, 'completed');
    await one.session[Symbol.asyncDispose]();
  });
}

t.test('a reply that was held goes on when no audio comes any more', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'Tell me a story.' }], answers: [says(longAnswer)] });
  await one.say();
  await one.pass(1_000);
  await one.hear(0.9, 32);
  await one.pass(8_000);
  t.equal(one.of('reply.ended')[0]?.status, 'completed');
  await leavesNothing(t, fakes, one);
});

t.test('a locale that is the name of something else is answered in English', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: '' }] }, { settings: { locale: 'constructor' } });
  await one.say();
  await one.pass(5_000);
  t.match(fakes.spokenClauses.join(' '), /^Sorry, I did not catch that/u);
  await leavesNothing(t, fakes, one);
});

t.test('a call that ends while a window is listened to begins nothing that nobody waits for', async (t) => {
  const unseen: unknown[] = [];
  const note = (error: unknown): void => void unseen.push(error);
  process.on('unhandledRejection', note);
  t.teardown(() => process.off('unhandledRejection', note));
  for (let silentWindows = 7; silentWindows < 10; silentWindows += 1) {
    for (let steps = 0; steps < 8; steps += 1) {
      const { call: one } = call(t, {
        heard: [{ final: 'Tell me a story.' }, { final: 'Mm-hmm.' }],
        answers: [says(longAnswer)],
      });
      await one.say();
      await one.pass(1_000);
      await one.hear(0.9, 256);
      await one.hear(0, silentWindows * 32);
      const frame = { samples: new Float32Array(512), sampleRateHz: 16_000, startSample: 0 };
      void one.session.accept({ type: 'audio', frame, clientEventId: null });
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      one.session.end(null);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  t.same(unseen, []);
});

t.test('the caller goes on before the reply can be heard: it is dropped and both parts are answered', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'I would like' }, { final: 'A new card.' }],
    answers: [neverAnswers, says('Of course.')],
  });
  await one.say();
  t.same(one.of('reply.started').length, 1);
  await one.say();
  await one.pass(1_000);
  t.same(
    one.of('reply.ended').map((event) => [event.status, event.output.length]),
    [
      ['cancelled', 0],
      ['completed', 1],
    ],
  );
  t.match(fakes.requests[1]?.messages, [{ text: 'I would like' }, { text: 'A new card.' }]);
  await leavesNothing(t, fakes, one);
});

t.test('the responder fails before it said anything: the fallback sentence is heard', async (t) => {
  const fails: AnswerScript = async function* () {
    yield* [];
    throw new AttuneError('RESPONDER_TIMEOUT', 'no token');
  };
  const { fakes, call: one } = call(t, { heard: [{ final: 'Hello there.' }], answers: [fails] });
  await one.say();
  await one.pass(9_000);
  t.match(one.of('degraded'), [{ component: 'responder', error: { code: 'RESPONDER_TIMEOUT' } }]);
  t.match(one.of('reply.ended'), [{ status: 'failed', reason: 'error', error: { code: 'RESPONDER_TIMEOUT' } }]);
  t.match(fakes.spokenClauses.join(' '), /^Sorry, I cannot think of an answer right now\./u);
  t.match(await one.textOf(one.spokenItemId), /^Sorry/u);
  await leavesNothing(t, fakes, one);
});

t.test('the responder breaks off in mid answer: what was said is said, then the fallback sentence', async (t) => {
  const breaksOff: AnswerScript = async function* () {
    yield* words('Your order is');
    throw new Error('reset');
  };
  const { fakes, call: one } = call(t, { heard: [{ final: 'Hello there.' }], answers: [breaksOff] });
  await one.say();
  await one.pass(9_000);
  t.match(one.of('degraded'), [{ component: 'responder', error: { code: 'RESPONDER_FAILED', message: 'reset' } }]);
  t.match(one.of('reply.ended'), [{ status: 'failed' }]);
  t.match(await one.textOf(one.spokenItemId), /^Your order is Sorry, /u);
  t.equal(fakes.spokenClauses[0], 'Your order is');
  await leavesNothing(t, fakes, one);
});

t.test('one clause that cannot be spoken is skipped, the others sound', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Hello there.' }],
    answers: [says('This is the first sentence. This is the second sentence. This is the third sentence.')],
  });
  fakes.unspeakable.set('This is the second sentence.', new Error('no sound'));
  await one.say();
  await one.pass(9_000);
  t.match(one.of('degraded'), [{ component: 'tts', error: { code: 'SYNTHESIS_FAILED' }, itemId: one.spokenItemId }]);
  t.same(fakes.spokenClauses, ['This is the first sentence.', 'This is the third sentence.']);
  t.equal(one.of('reply.ended')[0]?.status, 'completed');
  const soundMs = one.of('reply.audio').length * 100;
  await one.send({ type: 'item.truncate', itemId: one.spokenItemId, audioEndMs: soundMs });
  t.equal(
    await one.textOf(one.spokenItemId),
    'This is the first sentence. This is the third sentence.',
    'what had no sound was not heard',
  );
  await leavesNothing(t, fakes, one);
});

t.test('an utterance that cannot be transcribed is reported, and the call goes on', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: new AttuneError('INFERENCE_FAILED', 'broken') }, { final: 'Hello.' }],
    answers: [says('Hi.')],
  });
  await one.say(640);
  t.match(one.of('transcript.failed'), [{ error: { code: 'INFERENCE_FAILED' } }]);
  t.equal(one.of('reply.started').length, 0, 'so little speech is not asked about');
  await one.say();
  await one.pass(1_000);
  t.match(one.of('reply.ended'), [{ status: 'completed' }]);
  t.same(fakes.requests[0]?.messages, [{ role: 'user', text: 'Hello.' }]);
  await leavesNothing(t, fakes, one);
});

t.test('a stage that is slow to let go does not hold up the next reply', async (t) => {
  const { fakes, call: one } = call(t, { answers: [(...at) => stubborn(...at), says('Fine.')] });
  const stubborn: AnswerScript = async function* () {
    yield* words('This one takes its time and more');
    await fakes.clock.sleep(5_000, new AbortController().signal);
  };
  await one.type('Hello.');
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(1_000);
  await one.send({ type: 'reply.cancel', replyId: null });
  t.match(one.of('reply.ended'), [{ status: 'cancelled' }]);
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(1_000);
  t.equal(one.of('request.failed').length, 0);
  t.match(one.of('reply.ended')[1], { status: 'completed' });
  await one.pass(5_000);
  await leavesNothing(t, fakes, one);
});

t.test('an utterance that was too long is answered as far as it was understood, and the call is told', async (t) => {
  const shortened = new AttuneError('UTTERANCE_TOO_LONG', 'the rest was dropped');
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Only the beginning.', shortened }],
    answers: [says('I see.')],
  });
  await one.say();
  await one.pass(2_000);
  t.match(one.of('degraded'), [
    { component: 'stt', error: { code: 'UTTERANCE_TOO_LONG' }, itemId: one.of('utterance.committed')[0]?.itemId },
  ]);
  t.match(one.of('reply.ended'), [{ status: 'completed' }]);
  await leavesNothing(t, fakes, one);
});

t.test('a language nobody recognises is told where a turn ends, and the call goes on', async (t) => {
  const { fakes, call: one } = call(t, {}, { settings: { transcription: { language: 'fr', hotwords: [] } } });
  fakes.sttRefusal = new AttuneError('LANGUAGE_UNSUPPORTED', 'English only');
  await one.say(640);
  await one.say(640);
  t.match(one.of('transcript.failed'), [
    { error: { code: 'LANGUAGE_UNSUPPORTED' } },
    { error: { code: 'LANGUAGE_UNSUPPORTED' } },
  ]);
  t.equal(one.of('session.ended').length, 0);
  await leavesNothing(t, fakes, one);
});

t.test('long speech without words is asked about, without the responder', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: '' }] });
  await one.say(1_500);
  await one.pass(6_000);
  t.match(fakes.spokenClauses.join(' '), /did not catch that/u);
  t.equal(one.of('reply.ended')[0]?.status, 'completed');
  await leavesNothing(t, fakes, one);
});

const halves = [
  {
    name: 'the voice',
    break: (fakes: FakeAbilities) => (fakes.voiceEmotionFailure = new Error('x')),
    component: 'voice-emotion',
    weights: { voice: 0, text: 1 },
  },
  {
    name: 'the words',
    break: (fakes: FakeAbilities) => (fakes.sentimentFailure = new Error('x')),
    component: 'sentiment',
    weights: { voice: 1, text: 0 },
  },
];

for (const half of halves) {
  t.test(`${half.name} cannot be judged: the other side alone makes the estimate`, async (t) => {
    const { fakes, call: one } = call(t, {
      heard: [{ final: 'Thank you so much.' }],
      answers: [says('You are welcome.')],
    });
    half.break(fakes);
    await one.say();
    await one.pass(2_000);
    t.match(one.of('emotion.estimated').at(-1), { final: true, estimate: { weights: half.weights } });
    t.match(one.of('degraded'), [{ component: half.component, error: { code: 'INFERENCE_FAILED' } }], 'told once');
    t.ok(fakes.requests[0]?.emotion, 'the responder is told what is known');
    t.equal(one.of('reply.ended')[0]?.status, 'completed');
    await leavesNothing(t, fakes, one);
  });
}

t.test(
  'emotion switched off: nothing is inferred, told or handed on, and a client cannot overrule the operator',
  async (t) => {
    const { fakes, call: one } = call(
      t,
      { heard: [{ final: 'Hello.' }], answers: [says('Hi.')] },
      { emotionAllowed: false, emotionNotice: 'Emotion is inferred.' },
    );
    await one.send({ type: 'settings.update', patch: { emotionEnabled: true } });
    t.equal(one.of('settings.updated')[0]?.settings.emotionEnabled, false);
    await one.say();
    await one.pass(1_000);
    t.same(
      [
        one.of('emotion.estimated').length,
        one.of('notice').length,
        fakes.voiceEmotionCount,
        fakes.sentimentTexts.length,
      ],
      [0, 0, 0, 0],
    );
    t.equal(fakes.requests[0]?.emotion, null);
    await leavesNothing(t, fakes, one);
  },
);

t.test('the notice comes first when emotion is inferred', async (t) => {
  const { fakes, call: one } = call(t, {}, { emotionNotice: 'Emotion is inferred.' });
  await one.pass(20);
  t.match(one.events, [{ type: 'session.ready' }, { type: 'notice', text: 'Emotion is inferred.' }]);
  await leavesNothing(t, fakes, one);
});

t.test('a client cancels a reply: no sound follows, and there is nothing to cancel twice', async (t) => {
  const { fakes, call: one } = call(t, { answers: [says(longAnswer)] });
  await one.type('Tell me a story.');
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(1_000);
  const second = await one.send({ type: 'reply.create', request: ordinaryReply });
  t.match(one.of('request.failed'), [
    { clientEventId: second, error: { code: 'conversation_already_has_active_response' } },
  ]);
  const from = one.events.length;
  await one.send({ type: 'reply.cancel', replyId: null });
  await one.pass(1_000);
  t.equal(one.of('reply.audio', from).length, 0);
  t.match(one.of('reply.ended'), [{ status: 'cancelled', reason: 'client-cancelled' }]);
  const text = (await one.textOf(one.spokenItemId)) ?? '';
  t.ok(longAnswer.startsWith(text) && text.length < longAnswer.length / 2, `the history is cut: “${text}”`);
  const again = await one.send({ type: 'reply.cancel', replyId: null });
  t.match(one.of('request.failed').at(-1), { clientEventId: again, error: { code: 'response_cancel_not_active' } });
  await leavesNothing(t, fakes, one);
});

t.test('a reply that overtakes another breaks it off; without one it is an ordinary reply', async (t) => {
  const { fakes, call: one } = call(t, { answers: [says(longAnswer), says('Yes.')] });
  await one.type('Tell me a story.');
  await one.send({ type: 'reply.create', request: ordinaryReply, overtakes: true });
  await one.pass(1_000);
  await one.type('A short one.');
  await one.send({ type: 'reply.create', request: ordinaryReply, overtakes: true });
  await one.pass(1_000);
  t.same(one.of('request.failed'), []);
  t.match(one.of('reply.ended'), [{ status: 'cancelled' }, { status: 'completed' }]);
  await leavesNothing(t, fakes, one);
});

t.test('a written reply that is cancelled keeps what was written', async (t) => {
  const writes: AnswerScript = async function* (_request, signal) {
    yield* words('One two three');
    await new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
    );
  };
  const { fakes, call: one } = call(t, { answers: [writes] }, { settings: { modality: 'text' } });
  await one.type('Count.');
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(100);
  await one.send({ type: 'reply.cancel', replyId: null });
  await one.pass(20);
  t.match(one.of('reply.ended'), [{ status: 'cancelled', output: [{ text: 'One two three', status: 'incomplete' }] }]);
  t.equal(await one.textOf(one.spokenItemId), 'One two three');
  await leavesNothing(t, fakes, one);
});

t.test('truncation: to what the client played; only of what was spoken, only as far as there is sound', async (t) => {
  const { fakes, call: one } = call(t, { answers: [says('One two three four five.')] });
  await one.type('Count.');
  const typed = one.of('item.added')[0]?.item.id ?? '';
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(3_000);
  await one.send({ type: 'item.truncate', itemId: one.spokenItemId, audioEndMs: 500 });
  t.match(one.of('item.truncated'), [{ audioEndMs: 500 }]);
  t.match(await one.textOf(one.spokenItemId), /^One( two)?$/u);
  const refused = [
    { itemId: one.spokenItemId, audioEndMs: 5 * wordMs + 1, code: 'invalid_value' },
    { itemId: typed, audioEndMs: 1, code: 'unsupported_content_type' },
    { itemId: 'nobody', audioEndMs: 1, code: 'item_not_found' },
  ];
  for (const { code, ...at } of refused) {
    await one.send({ type: 'item.truncate', ...at });
    t.equal(one.of('request.failed').at(-1)?.error.code, code);
  }
  await leavesNothing(t, fakes, one);
});

t.test('replies outside the conversation: side by side, so many at a time, without a trace', async (t) => {
  const answer = says('A short summary.');
  const { fakes, call: one } = call(t, { answers: [answer, answer] }, { limits: { maxSideReplies: 2 } });
  const request = {
    ...ordinaryReply,
    inConversation: false,
    modality: 'text' as const,
    input: [{ kind: 'message' as const, role: 'user' as const, text: 'Sum up.' }],
  };
  const started = [1, 2, 3].map((number) =>
    one.session.accept({ type: 'reply.create', request, clientEventId: `side_${number}` }),
  );
  await Promise.all(started);
  await one.pass(1_000);
  t.match(one.of('request.failed'), [{ clientEventId: 'side_3', error: { code: 'OVERLOADED' } }]);
  t.same(
    one.of('reply.ended').map((event) => [event.status, event.reply.inConversation]),
    [
      ['completed', false],
      ['completed', false],
    ],
  );
  t.same([one.of('item.added').length, one.of('reply.audio').length], [0, 0]);
  t.match(fakes.requests[0]?.messages, [{ role: 'user', text: 'Sum up.' }]);
  await leavesNothing(t, fakes, one);
});

t.test('a silent caller is spoken to after a while, counted from the end of what was heard', async (t) => {
  const turnDetection = { ...tenWindows, idleTimeoutMs: 5_000 };
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Hello.' }], answers: [says('Hi.'), says('Are you still there?')] },
    { settings: { turnDetection } },
  );
  await one.say();
  await one.pass(4_900);
  t.equal(one.of('input.idle').length, 0);
  await one.pass(600);
  t.equal(one.of('input.idle').length, 1);
  await one.pass(2_500);
  t.same(
    one.of('reply.ended').map((event) => event.status),
    ['completed', 'completed'],
  );
  await leavesNothing(t, fakes, one);
});

t.test('ending a call in the middle of a reply leaves no idle timer behind', async (t) => {
  const turnDetection = { ...tenWindows, idleTimeoutMs: 5_000 };
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Hello.' }], answers: [says(longAnswer)] },
    { settings: { turnDetection } },
  );
  await one.say();
  await one.pass(500);
  await leavesNothing(t, fakes, one);
  t.match(
    one.of('reply.ended'),
    [{ status: 'cancelled', reason: 'session-ended' }],
    'the reply is ended before the session',
  );
});

t.test('when frames stop coming, time ends the turn', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'Hello.' }], answers: [says('Hi.')] });
  await one.hear(0.9, 640);
  await one.pass(250);
  t.equal(one.of('speech.ended').length, 0, 'a short gap is no pause');
  await one.pass(250);
  t.match(one.of('speech.ended'), [{ endMs: 640 }]);
  await one.pass(1_000);
  t.match(one.of('reply.ended'), [{ status: 'completed' }]);
  await leavesNothing(t, fakes, one);
});

t.test('speech detection that fails for a window neither cuts the turn nor ends the call', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'Hello.' }], answers: [says('Hi.')] });
  await one.hear(0.9, 320);
  fakes.vadFailures.push(new AttuneError('OVERLOADED', 'full'));
  await one.say(320);
  await one.pass(1_000);
  t.match(one.of('degraded'), [{ component: 'vad', error: { code: 'OVERLOADED' } }]);
  t.equal(one.of('speech.started').length, 1);
  t.match(one.of('reply.ended'), [{ status: 'completed' }]);
  await leavesNothing(t, fakes, one);
});

t.test('manual turns: a commit covers everything appended before it, however it came', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'All of it.' }] }, { settings: { turnDetection: null } });
  const frame = { samples: new Float32Array(48_000), sampleRateHz: 16_000, startSample: 0 };
  const appended = one.session.accept({ type: 'audio', frame, clientEventId: null });
  const committed = appended.then(() => one.session.accept({ type: 'input.commit', clientEventId: null }));
  await one.pass(200);
  await committed;
  t.same([one.of('utterance.committed').length, one.of('request.failed').length], [1, 0]);
  t.ok(
    (fakes.utterances[0]?.heardMs ?? 0) >= 2_950,
    `${fakes.utterances[0]?.heardMs} of 3000 ms reached the recogniser`,
  );
  t.equal(one.of('reply.started').length, 0, 'nothing is answered unasked');
  await leavesNothing(t, fakes, one);
});

t.test('audio that comes faster than life is heard from where speech began, in one message as in many', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Hello.' }], answers: [says('Hi.')] },
    { limits: { maxUtteranceMs: 5_000 } },
  );
  const samples = new Float32Array(16_000 * 40);
  samples.fill(0.9, 16_000, 3 * 16_000);
  void one.session.accept({
    type: 'audio',
    frame: { samples, sampleRateHz: 16_000, startSample: 0 },
    clientEventId: null,
  });
  await one.pass(3_000);
  t.equal(one.of('speech.started').length, 1);
  t.ok((fakes.utterances[0]?.heardMs ?? 0) >= 2_000, `${fakes.utterances[0]?.heardMs} ms reached the recogniser`);
  await leavesNothing(t, fakes, one);
});

t.test('clearing the input forgets the utterance and the audio sent before', async (t) => {
  const { fakes, call: one } = call(t, { heard: [{ final: 'never asked' }] });
  await one.hear(0.9, 320);
  await one.send({ type: 'input.clear' });
  await one.hear(0, 640);
  t.same([one.of('input.cleared').length, one.of('utterance.committed').length], [1, 0]);
  const commit = await one.send({ type: 'input.clear' }).then(() => one.send({ type: 'input.commit' }));
  t.match(one.of('request.failed'), [{ clientEventId: commit, error: { code: 'input_audio_buffer_commit_empty' } }]);
  await leavesNothing(t, fakes, one);
});

t.test('a conversation that is full refuses items and replies by name, and the call goes on', async (t) => {
  const { fakes, call: one } = call(
    t,
    { heard: [{ final: 'Hello.' }], answers: [says('Hi.')] },
    { limits: { maxItems: 1 } },
  );
  await one.type('One.');
  await one.type('Two.');
  t.match(one.of('request.failed'), [{ error: { code: 'item_limit_reached' } }]);
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(1_000);
  t.match(one.of('reply.ended'), [{ status: 'failed', error: { code: 'item_limit_reached' } }]);
  await one.say();
  await one.pass(500);
  t.match(one.of('request.failed').at(-1), { error: { code: 'item_limit_reached' } });
  t.equal(one.of('session.ended').length, 0);
  await leavesNothing(t, fakes, one);
});

t.test('draining: the reply in progress is finished, no other is started, then the session ends', async (t) => {
  const { fakes, call: one } = call(t, {
    heard: [{ final: 'Tell me a story.' }],
    answers: [says('A rather short story it is.')],
  });
  await one.say();
  const drained = one.session.drain();
  await one.send({ type: 'reply.create', request: { ...ordinaryReply, inConversation: false } });
  t.match(one.of('request.failed'), [{ error: { code: 'SERVER_DRAINING' } }]);
  await one.pass(4_000);
  await drained;
  t.match(one.of('reply.ended'), [{ status: 'completed' }]);
  t.match(one.events.at(-1), { type: 'session.ended', error: { code: 'SERVER_DRAINING' } });
  await leavesNothing(t, fakes, one);
});

t.test('a session that is too old ends with its reason, replies first', async (t) => {
  const { fakes, call: one } = call(t, { answers: [says(longAnswer)] }, { limits: { maxSessionMs: 3_000 } });
  await one.type('Tell me a story.');
  await one.send({ type: 'reply.create', request: ordinaryReply });
  await one.pass(3_020);
  t.match(one.events.slice(-3), [
    { type: 'reply.message.ended' },
    { type: 'reply.ended', status: 'cancelled', reason: 'session-ended' },
    { type: 'session.ended', error: { code: 'session_expired' } },
  ]);
  await t.rejects(one.session.accept({ type: 'input.clear', clientEventId: null }), { name: 'CancelledError' });
  await leavesNothing(t, fakes, one);
});

t.test('a client that does not read is given up alone', async (t) => {
  const { fakes, call: slow } = call(
    t,
    { answers: [says(longAnswer)] },
    { limits: { maxQueuedEvents: 12 }, reads: false },
  );
  const other = call(t, { answers: [says('Hi.')] });
  for (const one of [slow, other.call]) {
    await one.type('Hello.');
    await one.send({ type: 'reply.create', request: ordinaryReply });
  }
  await slow.pass(2_000);
  await other.call.pass(2_000);
  await slow.read();
  t.match(slow.events.at(-1), { type: 'session.ended', error: { code: 'SLOW_CONSUMER' } });
  t.match(other.call.of('reply.ended'), [{ status: 'completed' }]);
  await leavesNothing(t, fakes, slow);
  await leavesNothing(t, other.fakes, other.call);
});

t.test(
  'typed text is judged by its words, recorded speech is transcribed, before the reply is thought of',
  async (t) => {
    const { fakes, call: one } = call(t, { heard: [{ final: 'Recorded words.' }], answers: [says('Noted.')] });
    await one.type('I am so happy!');
    const frame = { samples: new Float32Array(24_000), sampleRateHz: 24_000, startSample: 0 };
    await one.send({ type: 'item.create', item: { kind: 'speech', frame, transcript: null }, after: null });
    await one.send({ type: 'reply.create', request: ordinaryReply });
    await one.pass(1_000);
    t.match(fakes.requests[0]?.messages, [{ text: 'I am so happy!' }, { text: 'Recorded words.' }]);
    t.match(
      one.of('emotion.estimated').map((event) => event.estimate.weights),
      [
        { voice: 0, text: 1 },
        { voice: 0, text: 1 },
      ],
    );
    t.equal(fakes.voiceEmotionCount, 0);
    t.not(fakes.requests[0]?.emotion?.label, angryVoice.label);
    await leavesNothing(t, fakes, one);
  },
);

t.test(
  'response rules: acts go to the responder once they are due, an escalation is told, and what was not heard is due again',
  async (t) => {
    const { fakes, call: one } = call(t, {
      heard: [{ final: 'This is useless.' }, { final: 'Really useless.' }, { final: 'Still useless.' }],
      answers: [neverAnswers, says('I am sorry.'), says('Let me see.')],
    });
    fakes.sentimentFailure = new Error('the voice alone decides');
    fakes.responseRules.current = parseResponseRules(
      `rules:
  - { name: anger, when: { feeling: angry, minStrength: 0.2 }, acts: apologise, style: { rateScale: 0.9 }, restTurns: 5, escalate: { action: notify, reason: upset } }
locales: { en-US: { display: { unpleasant: 1, pleasant: 1 }, answerStrength: 1, manner: Be plain. } }`,
      'test.yaml',
    );
    await one.say();
    // The caller goes on before the first sound of the reply.
    await one.say();
    await one.pass(2_000);
    await one.say();
    await one.pass(2_000);
    const asked = fakes.requests.map(({ acts, manner }) => ({ acts, manner }));
    t.same(asked.at(-2), { acts: ['apologise'], manner: 'Be plain.' });
    t.same(asked.at(-1), { acts: [], manner: 'Be plain.' });
    t.match(one.of('reply.started').at(-2)?.decision, { rules: ['anger'], style: { rateScale: 0.9 } });
    t.match(one.of('escalation'), [{ action: 'notify', reason: 'upset', rule: 'anger', label: 'angry' }]);
    t.equal(one.of('escalation').length, 1);
    await one.session[Symbol.asyncDispose]();
  },
);

t.test('the assistant hangs up: after what it says, or after a farewell', async (t) => {
  const hangsUp = (text: string): AnswerScript =>
    async function* () {
      yield* words(text);
      yield { type: 'tool-call', callId: 'c', name: 'hang_up', argumentsDelta: '{}' };
      yield { type: 'ended', reason: 'completed', usage: null };
    };
  for (const [text, saidLast] of [
    ['Goodbye then.', 'Goodbye then.'],
    ['', 'Goodbye.'],
  ] as const) {
    const { fakes, call: one } = call(
      t,
      { heard: [{ final: 'That is all.' }], answers: [hangsUp(text)] },
      {
        settings: { mayHangUp: true },
      },
    );
    await one.say();
    await one.pass(200);
    t.notOk(one.types.includes('session.ended'), 'not before the caller has heard it');
    await one.pass(5_000);
    t.equal(one.of('session.ended')[0]?.error, null);
    t.equal(fakes.spokenClauses.at(-1), saidLast);
    t.ok(fakes.requests[0]?.tools.some(({ name }) => name === 'hang_up'));
    await leavesNothing(t, fakes, one);
  }
});
