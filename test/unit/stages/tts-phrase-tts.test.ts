/** Clauses into blocks: phrases in order, one ahead, pauses in style, cancellation, languages. */
import t from 'tap';
import { EspeakTts, espeakVoice } from '../../../src/stages/tts/espeak-tts.js';
import { FliteTts } from '../../../src/stages/tts/flite-tts.js';
import type { PhraseThread } from '../../../src/stages/tts/phrase-pool.js';
import type { SpokenPhrase } from '../../../src/stages/tts/spoken-phrase.js';
import { neutralStyle } from '../../../src/stages/tts/style-table.js';
import type { TtsClause } from '../../../src/stages/tts/tts.js';
import { ManualClock } from '../../support/manual-clock.js';

const never = new AbortController().signal;
const phraseSamples = 1_000;

/** Answers at once with a thousand samples whose value is the number of the phrase. */
function setUp() {
  const asked: SpokenPhrase[] = [];
  const startThread = (): PhraseThread => ({
    call: async (phrase) => {
      asked.push(phrase);
      if (phrase.text.includes('fail')) throw new Error('no voice today');
      return new Float32Array(phraseSamples).fill(asked.length / 8);
    },
    [Symbol.asyncDispose]: async () => undefined,
  });
  return { asked, tts: new FliteTts({ clock: new ManualClock(), startThread }) };
}

function clause(text: string, changes: Partial<TtsClause> = {}): TtsClause {
  return { text, style: neutralStyle, voice: 'slt', language: 'en-US', ...changes };
}

async function collect(blocks: AsyncIterable<Float32Array>): Promise<readonly Float32Array[]> {
  const all: Float32Array[] = [];
  for await (const block of blocks) all.push(block);
  return all;
}

const longText = 'I am very sorry, but we will have to call you back about it.';

t.test('one phrase: speech and closing pause in blocks of 40 ms', async (t) => {
  const { asked, tts } = setUp();
  const blocks = await collect(tts.synthesise(clause('Hello there.'), { signal: never }));
  t.strictSame(
    asked.map((phrase) => phrase.text),
    ['Hello there.'],
  );
  t.strictSame(
    blocks.slice(0, 2).map((block) => block.length),
    [640, 360],
  );
  t.equal(
    blocks.reduce((sum, block) => sum + block.length, 0),
    phraseSamples + 16 * 420,
  );
  t.ok(blocks.every((block) => block.length <= 640));
});

t.test('pauses follow the style', async (t) => {
  const { tts } = setUp();
  const style = { ...neutralStyle, pauseScale: 2 };
  const blocks = await collect(tts.synthesise(clause(longText, { style }), { signal: never }));
  t.equal(
    blocks.reduce((sum, block) => sum + block.length, 0),
    2 * phraseSamples + 16 * 2 * (160 + 420),
  );
});

t.test('the second phrase is made while the first one plays, not earlier and not later', async (t) => {
  const { asked, tts } = setUp();
  const blocks = tts.synthesise(clause(longText), { signal: never })[Symbol.asyncIterator]();
  t.equal(asked.length, 0, 'nothing before the first block is asked for');
  await blocks.next();
  t.equal(asked.length, 2, 'the first block is here and the next phrase under way');
  await blocks.return(undefined);
});

t.test('an abort ends the clause within a block', async (t) => {
  const { tts } = setUp();
  const controller = new AbortController();
  const blocks = tts.synthesise(clause(longText), { signal: controller.signal })[Symbol.asyncIterator]();
  await blocks.next();
  controller.abort(new Error('barge-in'));
  await t.rejects(blocks.next(), /barge-in/);
  await t.rejects(collect(tts.synthesise(clause('Hi.'), { signal: controller.signal })), /barge-in/);
});

t.test('an abort reaches a phrase that nobody answers', async (t) => {
  const silent = (): PhraseThread => ({
    call: () => new Promise<never>(() => undefined),
    [Symbol.asyncDispose]: async () => undefined,
  });
  const tts = new FliteTts({ clock: new ManualClock(), startThread: silent });
  const controller = new AbortController();
  const first = tts.synthesise(clause('Hi.'), { signal: controller.signal })[Symbol.asyncIterator]().next();
  controller.abort(new Error('barge-in'));
  await t.rejects(first, /barge-in/);
});

t.test('a failing phrase fails the clause after what came before it', async (t) => {
  const { tts } = setUp();
  const heard: Float32Array[] = [];
  const failing = (async () => {
    for await (const block of tts.synthesise(clause('I am very sorry, but this will fail as you can hear now.'), {
      signal: never,
    }))
      heard.push(block);
  })();
  await t.rejects(failing, { code: 'SYNTHESIS_FAILED' });
  t.ok(heard.length > 0);
});

t.test('nothing to say is nothing heard; flite speaks English only; unknown voices become the default', async (t) => {
  const { asked, tts } = setUp();
  t.strictSame(await collect(tts.synthesise(clause('😀 …'), { signal: never })), []);
  await t.rejects(collect(tts.synthesise(clause('Hallo', { language: 'de' }), { signal: never })), {
    code: 'LANGUAGE_UNSUPPORTED',
    field: 'language',
  });
  for (const voice of ['alloy', 'rms'])
    await collect(tts.synthesise(clause('Hi.', { voice, language: '' }), { signal: never }));
  t.strictSame(
    asked.map((phrase) => phrase.voice),
    ['slt', 'rms'],
  );
  t.strictSame(tts.voices[0], 'slt');
});

t.test('warming up speaks a phrase on each thread', async (t) => {
  const { asked, tts } = setUp();
  await tts.warmUp(never);
  t.equal(asked.length, 1);
  await tts[Symbol.asyncDispose]();
});

t.test('eSpeak NG: voices by language', async (t) => {
  t.equal(espeakVoice({ voice: '', language: 'en-US' }), 'en-us');
  t.equal(espeakVoice({ voice: 'en', language: 'en-US' }), 'en');
  t.equal(espeakVoice({ voice: 'slt', language: 'de-AT' }), 'de');
  t.equal(espeakVoice({ voice: '', language: '' }), 'en-us');
  t.throws(() => espeakVoice({ voice: '', language: 'ja' }), { code: 'LANGUAGE_UNSUPPORTED' });
});

t.test('eSpeak NG is not installed here, and the error says what to install', async (t) => {
  t.throws(() => EspeakTts.open({ clock: new ManualClock() }), {
    code: 'TTS_UNAVAILABLE',
    message: /@echogarden\/espeak-ng-emscripten/,
    hint: /npm install @echogarden\/espeak-ng-emscripten/,
  });
});
