import t from 'tap';
import { defaultBeamSearchOptions } from '../../../../src/stages/stt/ctc-beam-search.js';
import { CtcDecoder, encoderFrameMs } from '../../../../src/stages/stt/ctc-decoder.js';
import { wordErrors } from '../../../../src/stages/stt/word-errors.js';
import { buildDecoderResources } from '../../../../src/stages/stt/decoder-resources.js';
import { HotwordSet } from '../../../../src/stages/stt/hotword-set.js';
import { readHotwords } from '../../../../src/stages/stt/hotwords.js';
import { seededRandom, simulatePhones } from '../../../support/simulated-phones.js';
import { tinyLettersToSounds, tinyLexicon, uniformLanguageModel } from '../../../support/tiny-recogniser.js';

const phones = 'AA AE AH AY B D EH EY F IH IY K L M N OW R S T TH UW V W Z'.split(' ');
const tokens = ['<blank>', ...phones];
const entries = [
  ['zero', 'Z IH R OW', 'Z IY R OW'],
  ['one', 'W AH N'],
  ['two', 'T UW'],
  ['three', 'TH R IY'],
  ['four', 'F AA R'],
  ['five', 'F AY V'],
  ['six', 'S IH K S'],
  ['seven', 'S EH V AH N'],
  ['eight', 'EY T'],
  ['nine', 'N AY N'],
  ['balance', 'B AE L AH N S'],
  ['transfer', 'T R AE N S F R'],
] as const;
const resources = buildDecoderResources({
  lexicon: tinyLexicon(phones, entries),
  languageModel: uniformLanguageModel(entries.length),
  lettersToSounds: tinyLettersToSounds('b B,e EH,n N,f F,i IY,l L,d D'.split(',')),
  tokens,
});
const options = { ...defaultBeamSearchOptions };

/** Posteriors of a sentence through an imagined model that mishears one phone in eight. */
function hear(words: readonly string[], seed: number): Float32Array {
  const spoken = words.flatMap((word) =>
    (entries.find(([text]) => text === word)?.[1] ?? '').split(' ').map((name) => tokens.indexOf(name)),
  );
  return simulatePhones(spoken, {
    vocabularySize: tokens.length,
    random: seededRandom(seed),
    substitutionRate: 0.08,
    deletionRate: 0.02,
    insertionRate: 0.03,
  });
}

function feed(decoder: CtcDecoder, frames: Float32Array, chunkFrames: number): ReturnType<CtcDecoder['accept']>[] {
  const size = chunkFrames * tokens.length;
  return Array.from({ length: Math.ceil(frames.length / size) }, (_, i) =>
    decoder.accept(frames.slice(i * size, (i + 1) * size)),
  );
}

t.test('misheard phones: the lexicon recovers most words', (t) => {
  const random = seededRandom(11);
  let wrong = 0;
  for (let sentence = 0; sentence < 40; sentence++) {
    const spoken = Array.from({ length: 5 }, () => entries[Math.floor(random() * entries.length)]?.[0] ?? '');
    const decoder = new CtcDecoder(resources, options);
    feed(decoder, hear(spoken, sentence), 8);
    const found = decoder.finish(1).words.map((word) => word.text);
    const counts = wordErrors(spoken, found);
    wrong += counts.substitutions + counts.deletions + counts.insertions;
  }
  t.ok(wrong / 200 < 0.12, `${wrong} word errors in 200; one phone in eight was misheard, 3.4 phones a word`);
  t.end();
});

t.test('partials: settled words never change, times rise, and the chunk size does not matter', (t) => {
  const spoken = ['transfer', 'five', 'zero', 'zero', 'balance', 'seven', 'two', 'nine', 'one', 'eight'];
  const frames = hear(spoken, 5);
  const decoder = new CtcDecoder(resources, options);
  const partials = feed(decoder, frames, 8);
  const final = decoder.finish(3);
  const texts = final.words.map((word) => word.text);
  for (const partial of partials) {
    t.ok(partial.settledCount <= partial.words.length);
    t.strictSame(
      partial.words.slice(0, partial.settledCount).map((word) => word.text),
      texts.slice(0, partial.settledCount),
    );
  }
  t.ok((partials.at(-1)?.settledCount ?? 0) >= 4, `${partials.at(-1)?.settledCount} words are settled before the end`);
  const durationMs = (frames.length / tokens.length) * encoderFrameMs;
  final.words.forEach((word, index) => {
    t.ok(
      word.startMs >= (final.words[index - 1]?.startMs ?? 0) && word.endMs > word.startMs && word.endMs <= durationMs,
    );
    t.ok(word.confidence > 0 && word.confidence < 1);
  });
  const whole = new CtcDecoder(resources, options);
  feed(whole, frames, 1000);
  t.strictSame(
    whole.finish(3).words.map((word) => [word.text, word.startMs, word.endMs]),
    final.words.map((word) => [word.text, word.startMs, word.endMs]),
  );
  t.ok(
    final.alternatives.length <= 2 &&
      final.alternatives.every((other) => other.logScore <= 0 && other.text !== texts.join(' ')),
  );
  t.end();
});

t.test('words that were heard badly have less confidence', (t) => {
  const decoder = new CtcDecoder(resources, options);
  const mean = (rate: number): number => {
    const spoken = 'transfer seven balance three six'
      .split(' ')
      .flatMap((word) =>
        (entries.find(([text]) => text === word)?.[1] ?? '').split(' ').map((name) => tokens.indexOf(name)),
      );
    const one = new CtcDecoder(resources, options);
    one.accept(
      simulatePhones(spoken, {
        vocabularySize: tokens.length,
        random: seededRandom(3),
        substitutionRate: rate,
        deletionRate: 0,
        insertionRate: 0,
      }),
    );
    const { words } = one.finish(1);
    return words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  };
  t.ok(mean(0) > mean(0.5), `${mean(0)} against ${mean(0.5)}`);
  t.strictSame(decoder.finish(1).words, [], 'no audio, no words');
  t.end();
});

t.test('hot words: unknown ones are heard, known ones stay, final words are spelled as given', (t) => {
  const { phrases } = readHotwords(['Zero One', 'Ben Field', 'seven']);
  const set = new HotwordSet(resources, options, phrases);
  t.equal(set.unknownCount, 2);
  const spoken = 'S EH V AH N Z IH R OW W AH N B EH N F IY EH L D T UW'.split(' ').map((name) => tokens.indexOf(name));
  const frames = simulatePhones(spoken, {
    vocabularySize: tokens.length,
    random: seededRandom(9),
    substitutionRate: 0,
    deletionRate: 0,
    insertionRate: 0,
  });
  const decoder = new CtcDecoder(resources, options, set);
  const partials = feed(decoder, frames, 8);
  const last = partials.at(-1)?.words.map((word) => word.text) ?? [];
  t.strictSame(last.slice(0, 5), ['seven', 'zero', 'one', 'ben', 'field'], 'partials are plain');
  const { words } = decoder.finish(1);
  t.strictSame(
    words.map((word) => word.text),
    ['seven', 'Zero', 'One', 'Ben', 'Field', 'two'],
  );
  t.ok(words.every((word) => word.confidence > 0.5));
  const without = new CtcDecoder(resources, options);
  feed(without, frames, 8);
  t.notOk(
    without.finish(1).words.some((word) => word.text === 'ben'),
    'other utterances do not know them',
  );
  t.end();
});

t.test('posteriors that are not finite or not whole frames are refused', (t) => {
  const decoder = new CtcDecoder(resources, options);
  t.throws(() => decoder.accept(new Float32Array(tokens.length).fill(NaN)), { code: 'INFERENCE_FAILED' });
  t.throws(() => decoder.accept(new Float32Array(tokens.length + 1)), { code: 'INFERENCE_FAILED' });
  t.end();
});

t.test('previews show what later chunks confirm, and leave the search as it was', (t) => {
  const spoken = ['transfer', 'nine', 'two', 'balance', 'zero', 'eight', 'one'];
  const frames = hear(spoken, 5);
  const size = 16 * tokens.length;
  const plain = new CtcDecoder(resources, options);
  const previewed = new CtcDecoder(resources, options);
  for (let at = 0; at < frames.length; at += size) {
    const chunk = frames.slice(at, at + size);
    const half = previewed.preview(chunk.slice(0, size / 2));
    const whole = previewed.preview(chunk.slice(size / 2));
    const counted = previewed.accept(chunk);
    t.strictSame(counted, plain.accept(chunk), 'the same as without previews');
    t.ok(half.words.length <= whole.words.length);
    t.strictSame(whole.words.map(textOf), counted.words.map(textOf), 'the narrower search hears the same words');
    t.equal(half.settledCount, whole.settledCount, 'a preview settles nothing');
  }
  t.strictSame(previewed.finish(1), plain.finish(1));
  t.end();
});

t.test('what is foreseen is what the end brings, and leaves the search as it was', (t) => {
  const frames = hear(['transfer', 'nine', 'two', 'balance'], 7);
  const size = 16 * tokens.length;
  const plain = new CtcDecoder(resources, options);
  const foreseeing = new CtcDecoder(resources, options);
  for (let at = 0; at < frames.length; at += size) {
    const chunk = frames.slice(at, at + size);
    const ended = new CtcDecoder(resources, options);
    for (let before = 0; before <= at; before += size) ended.accept(frames.slice(before, before + size));
    t.strictSame(foreseeing.foresee(chunk, 2), ended.finish(2));
    t.strictSame(foreseeing.accept(chunk), plain.accept(chunk));
  }
  t.strictSame(foreseeing.finish(2), plain.finish(2));
  t.end();
});

t.test('a narrower search drops words, in the utterance that is open and at once', (t) => {
  const frames = hear(['five', 'six', 'seven'], 9);
  const wide = new CtcDecoder(resources, options);
  feed(wide, frames, 8);
  const narrow = new CtcDecoder(resources, options);
  narrow.tune({ beam: 0.5, maxActive: 1 });
  feed(narrow, frames, 8);
  t.ok(narrow.finish(5).alternatives.length < wide.finish(5).alternatives.length);
  t.end();
});

function textOf({ text }: { readonly text: string }): string {
  return text;
}
