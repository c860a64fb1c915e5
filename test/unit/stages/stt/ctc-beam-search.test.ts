import t from 'tap';
import {
  CtcBeamSearch,
  defaultBeamSearchOptions,
  type BeamSearchOptions,
} from '../../../../src/stages/stt/ctc-beam-search.js';
import { buildDecoderResources } from '../../../../src/stages/stt/decoder-resources.js';
import { HotwordSet } from '../../../../src/stages/stt/hotword-set.js';
import type { HotwordPhrase } from '../../../../src/stages/stt/hotwords.js';
import { seededRandom } from '../../../support/simulated-phones.js';
import {
  tinyLanguageModel,
  tinyLettersToSounds,
  tinyLexicon,
  uniformLanguageModel,
} from '../../../support/tiny-recogniser.js';

const tokens = ['<blank>', 'A', 'B', 'C'];
const entries = [
  ['ab', 'A B'],
  ['abc', 'A B C'],
  ['ca', 'C A'],
  ['aa', 'A A'],
] as const;
const lexicon = tinyLexicon(tokens.slice(1), entries);
const wide: BeamSearchOptions = {
  lmWeight: 1,
  wordBonus: 0,
  beam: 1e3,
  maxActive: 2000,
  phoneBeam: 1e3,
  hotwordBonus: 2,
  hotwordFloor: -99,
  unknownWordShare: 0,
};
const lettersToSounds = tinyLettersToSounds([], { a: ['A'], b: ['B'], c: ['C'] });
const uniform = buildDecoderResources({
  lexicon,
  languageModel: uniformLanguageModel(entries.length),
  lettersToSounds,
  tokens,
});

/** Random posteriors [frames, tokens]. */
function randomFrames(frames: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const values = new Float32Array(frames * tokens.length);
  for (let frame = 0; frame < frames; frame++) {
    const weights = tokens.map(() => Math.exp(4 * random()));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, token) => (values[frame * tokens.length + token] = Math.log(weight / sum)));
  }
  return values;
}

/** Probability of a label sequence by enumerating all alignments frame by frame (the CTC forward sum). */
function labelProbability(frames: Float32Array, labels: readonly number[]): number {
  const states = labels.flatMap((label) => [0, label]).concat(0);
  let alpha: number[] = states.map((_, index) => (index === 0 ? 1 : 0));
  for (let offset = 0, first = true; offset < frames.length; offset += tokens.length, first = false) {
    alpha = states.map((state, index) => {
      const skip = index >= 2 && state !== 0 && state !== states[index - 2];
      const before = first
        ? index <= 1
          ? 1
          : 0
        : (alpha[index] ?? 0) + (alpha[index - 1] ?? 0) + (skip ? (alpha[index - 2] ?? 0) : 0);
      return before * Math.exp(frames[offset + state] ?? NaN);
    });
  }
  return (alpha.at(-1) ?? 0) + (labels.length > 0 ? (alpha.at(-2) ?? 0) : 0);
}

/** All word sequences up to `length` words. */
function sequences(length: number, wordCount: number = entries.length): number[][] {
  if (length === 0) return [[]];
  const words = [...new Array(wordCount).keys()];
  return [[], ...sequences(length - 1, wordCount).flatMap((rest) => words.map((word) => [...rest, word]))].filter(
    (sequence, index, all) => all.findIndex((other) => other.join() === sequence.join()) === index,
  );
}

function decode(
  frames: Float32Array,
  resources = uniform,
  options = wide,
  phrases: readonly HotwordPhrase[] = [],
): CtcBeamSearch {
  const hotwords = phrases.length > 0 ? new HotwordSet(resources, options, phrases) : undefined;
  const search = new CtcBeamSearch(resources, options, hotwords);
  for (let offset = 0; offset < frames.length; offset += tokens.length) search.advance(frames, offset);
  return search;
}

/** A random model that tells every pair of words apart, so that no hypotheses of up to two words are joined. */
function fullTrigramModel(wordCount: number, random: () => number): Uint8Array {
  const score = (): number => -Math.ceil(random() * 60) / 20;
  const begin = wordCount;
  const bigrams = [...entries.keys(), begin].flatMap((v) =>
    [...entries.keys()].map((w) => ({ v, w, logP: score(), backoff: score() })),
  );
  const trigrams = bigrams.flatMap((_, bigram) => [...entries.keys()].map((w) => ({ bigram, w, logP: score() })));
  return tinyLanguageModel({
    wordCount,
    unigrams: Array.from({ length: wordCount + 3 }, () => [score(), score()] as const),
    bigrams,
    trigrams,
  });
}

t.test('words that the language model does not count share what it gives to unknown ones', (t) => {
  const counted = buildDecoderResources({
    lexicon: tinyLexicon(
      tokens.slice(1),
      [
        ['ab', 'A B'],
        ['ca', 'C A'],
        ['caa', 'C A'],
        ['abc', 'A B C'],
      ],
      1,
    ),
    languageModel: uniformLanguageModel(1),
    lettersToSounds,
    tokens,
  });
  t.equal(counted.rareWordShare, -Math.log(3));
  const certain = (spoken: readonly number[]): Float32Array =>
    Float32Array.from(spoken.flatMap((token) => tokens.map((_, index) => (index === token ? 0 : -30))));
  const scoreOf = (spoken: readonly number[]): number => decode(certain(spoken), counted).results(1)[0]?.score ?? NaN;
  // Either spelling of a rare sound is as likely as the other, and a third as likely as the counted word.
  t.ok(Math.abs(scoreOf([1, 0, 2]) - scoreOf([3, 0, 1]) - Math.log(3)) < 1e-4);
  t.equal(decode(certain([3, 0, 1]), counted).results(5).length >= 2, true);
  t.end();
});

t.test('with a wide beam the best words and their score are those of an exhaustive sum over all alignments', (t) => {
  const options = { ...wide, lmWeight: 0.7, wordBonus: 0.3 };
  for (let seed = 1; seed <= 40; seed++) {
    const resources = buildDecoderResources({
      lexicon,
      languageModel: fullTrigramModel(entries.length, seededRandom(seed + 99)),
      lettersToSounds,
      tokens,
    });
    const languageScore = (words: readonly number[]): number => {
      let state = resources.languageModel.startState;
      let sum = 0;
      for (const word of words) {
        sum += 0.7 * resources.languageModel.score(state, word) + 0.3;
        state = resources.languageModel.nextState;
      }
      return sum + 0.7 * resources.languageModel.endScore(state);
    };
    const frames = randomFrames(5, seed);
    const exhaustive = sequences(2)
      .map((words) => {
        const labels = words.flatMap((word) =>
          (entries[word]?.[1] ?? '').split(' ').map((name) => tokens.indexOf(name)),
        );
        return { words, score: Math.log(labelProbability(frames, labels)) + languageScore(words) };
      })
      .sort((a, b) => b.score - a.score);
    const found = decode(frames, resources, options).results(1)[0];
    t.strictSame(
      found?.words.map((word) => word.word),
      exhaustive[0]?.words,
      `words for seed ${seed}`,
    );
    t.ok(Math.abs((found?.score ?? NaN) - (exhaustive[0]?.score ?? NaN)) < 1e-4, `score for seed ${seed}`);
  }
  t.end();
});

t.test('with hot phrases too: what is earned is that of complete phrases, unknown words included', (t) => {
  const options = { ...wide, lmWeight: 0.7, wordBonus: -0.4, unknownWordShare: -0.5 };
  // "abc ca" in two words, the known "aa", and the unknown "cb".
  const phrases = [
    { words: ['abc', 'ca'], weight: 1 },
    { words: ['AA'], weight: 0.5 },
    { words: ['cb', 'ab'], weight: 1.5 },
  ];
  const spoken = [...entries, ['cb', 'C B']] as const;
  const complete = [
    { words: [1, 2], earned: 4 },
    { words: [3], earned: 1 },
    { words: [4, 0], earned: 6 },
  ];
  let found = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const resources = buildDecoderResources({
      lexicon,
      languageModel: fullTrigramModel(entries.length, seededRandom(seed + 7)),
      lettersToSounds,
      tokens,
    });
    const score = (words: readonly number[]): number => {
      let state = resources.languageModel.startState;
      let sum = 0;
      for (const word of words) {
        const language = resources.languageModel.score(state, word) + (word === 4 ? -0.5 : 0);
        sum += 0.7 * language - 0.4;
        state = resources.languageModel.nextState;
      }
      words.forEach((_, start) => {
        for (const phrase of complete)
          if (phrase.words.every((word, index) => words[start + index] === word)) sum += phrase.earned;
      });
      return sum + 0.7 * resources.languageModel.endScore(state);
    };
    const frames = randomFrames(6, seed);
    const exhaustive = sequences(2, spoken.length)
      .map((words) => {
        const labels = words.flatMap((word) =>
          (spoken[word]?.[1] ?? '').split(' ').map((name) => tokens.indexOf(name)),
        );
        return { words, score: Math.log(labelProbability(frames, labels)) + score(words) };
      })
      .sort((a, b) => b.score - a.score);
    const results = decode(frames, resources, options, phrases).results(1)[0];
    const words = results?.words.map((word) => word.word) ?? [];
    if (words.length > 2) continue;
    found += complete.some((phrase) => phrase.words.every((word, index) => words[index] === word)) ? 1 : 0;
    t.strictSame(words, exhaustive[0]?.words, `words for seed ${seed}`);
    t.ok(Math.abs((results?.score ?? NaN) - (exhaustive[0]?.score ?? NaN)) < 1e-4, `score for seed ${seed}`);
  }
  t.ok(found > 10, `${found} results hold a phrase`);
  t.end();
});

t.test('word times are the frames of first and last phone', (t) => {
  const frame = (token: number): number[] => tokens.map((_, index) => Math.log(index === token ? 0.97 : 0.01));
  const search = decode(Float32Array.from([0, 1, 0, 2, 0, 0, 3, 0].flatMap(frame)), uniform, { ...wide, lmWeight: 2 });
  const found = search.results(1)[0]?.words.map(({ word, startFrame, endFrame }) => [word, startFrame, endFrame]);
  t.strictSame(found, [[1, 1, 6]], 'one long word costs less than two');
  t.end();
});

t.test('the language model and hotwords decide between words that sound alike', (t) => {
  const alike = [
    ['two', 'A'],
    ['too', 'A'],
    ['see', 'B'],
  ] as const;
  const logP = Math.log(0.2);
  const languageModel = tinyLanguageModel({
    wordCount: 3,
    unigrams: [
      [logP, 0],
      [logP - 0.1, 0],
      [logP, 0],
      [-99, 0],
      [logP, 0],
      [-9, 0],
    ],
    bigrams: [{ v: 2, w: 1, logP: Math.log(0.9), backoff: 0 }],
    trigrams: [],
  });
  const resources = buildDecoderResources({
    lexicon: tinyLexicon(tokens.slice(1), alike),
    languageModel,
    lettersToSounds,
    tokens,
  });
  const frame = (token: number): number[] => tokens.map((_, index) => Math.log(index === token ? 0.97 : 0.01));
  const words = (spoken: readonly number[], phrases?: readonly HotwordPhrase[]): number[] =>
    decode(Float32Array.from(spoken.flatMap(frame)), resources, wide, phrases)
      .results(1)[0]
      ?.words.map((word) => word.word) ?? [];
  t.strictSame(words([1, 0]), [0], 'the more frequent word');
  t.strictSame(words([2, 0, 1, 0]), [2, 1], 'the word that follows');
  t.strictSame(words([1, 0], [{ words: ['too'], weight: 1 }]), [1], 'the hotword');
  t.end();
});

t.test('settled words stay, in order, and memory does not grow with the length of speech', (t) => {
  const random = seededRandom(7);
  const search = new CtcBeamSearch(uniform, {
    ...defaultBeamSearchOptions,
    maxActive: 100,
  });
  let settled = '';
  let mostRecords = 0;
  for (let frame = 0; frame < 2000; frame++) {
    const token = frame % 2 === 0 ? 0 : 1 + Math.floor(random() * 3);
    search.advance(
      Float32Array.from(tokens, (_, index) => Math.log(index === token ? 0.91 : 0.03)),
      0,
    );
    if (frame % 8 !== 7) continue;
    search.settle();
    mostRecords = Math.max(mostRecords, search.openRecordCount);
    if (frame % 80 !== 79) continue;
    const now = search.settled.map((word) => word.word).join();
    t.ok(now.startsWith(settled));
    settled = now;
  }
  t.ok(search.settled.length > 250);
  t.ok(mostRecords < 5000, `${mostRecords} records at most`);
  const found = search
    .results(1)[0]
    ?.words.map((word) => word.word)
    .join();
  t.ok(found?.startsWith(settled));
  t.end();
});

t.test('once nothing sounds the last word is there, whatever could still become of it', (t) => {
  const often = Math.log(0.6);
  const rarely = Math.log(0.2);
  const resources = buildDecoderResources({
    lexicon: tinyLexicon(tokens.slice(1), [
      ['ab', 'A B'],
      ['abc', 'A B C'],
    ]),
    languageModel: tinyLanguageModel({
      wordCount: 2,
      unigrams: [
        [rarely, 0],
        [often, 0],
        [-99, 0],
        [rarely, 0],
        [-9, 0],
      ],
      bigrams: [],
      trigrams: [],
    }),
    lettersToSounds,
    tokens,
  });
  const frame = (token: number): number[] => tokens.map((_, index) => Math.log(index === token ? 0.97 : 0.01));
  const best = (spoken: readonly number[]): number[] =>
    decode(Float32Array.from(spoken.flatMap(frame)), resources)
      .best()
      .map((word) => word.word);
  t.strictSame(best([1, 2, 0]), [], 'the longer word is likelier');
  t.strictSame(best([1, 2, 0, 0, 0, 0]), [0]);
  t.strictSame(best([1, 2, 0, 0, 0, 0, 3]), [1], 'and is still possible');
  t.strictSame(best([0, 0, 0, 0, 0, 1]), [], 'the silence before a word does not count');
  t.end();
});

t.test('silence gives no words', (t) => {
  const silence = Float32Array.from({ length: 20 * tokens.length }, (_, index) =>
    Math.log(index % tokens.length === 0 ? 0.97 : 0.01),
  );
  t.strictSame(decode(silence).results(1)[0]?.words, []);
  t.end();
});
