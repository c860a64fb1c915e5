import t from 'tap';
import { TrigramModel } from '../../../../src/stages/stt/trigram-model.js';
import { tinyLanguageModel } from '../../../support/tiny-recogniser.js';

// Words: 0 "the", 1 "cat", 2 "sat"; 3 <s>, 4 </s>, 5 <unk>.
const bytes = tinyLanguageModel({
  wordCount: 3,
  unigrams: [
    [-1, -0.5],
    [-2, -0.25],
    [-3, -0.75],
    [-99, -0.125],
    [-1.5, 0],
    [-4, 0],
  ],
  bigrams: [
    { v: 0, w: 1, logP: -0.2, backoff: -0.3 },
    { v: 1, w: 2, logP: -0.4, backoff: 0 },
    { v: 3, w: 0, logP: -0.1, backoff: -0.6 },
  ],
  trigrams: [
    { bigram: 0, w: 2, logP: -0.05 },
    { bigram: 2, w: 1, logP: -0.15 },
  ],
});

const afterWords = (model: TrigramModel, words: readonly number[]): { scores: number[]; state: number } => {
  let state = model.startState;
  const scores = words.map((word) => {
    const score = model.score(state, word);
    state = model.nextState;
    return Math.round(score * 1e4) / 1e4;
  });
  return { scores, state };
};

t.test('scores by the longest known n-gram and backs off below it', (t) => {
  const model = new TrigramModel(bytes);
  const table: readonly [name: string, words: readonly number[], scores: readonly number[]][] = [
    ['bigram after <s>, then a trigram, then a trigram', [0, 1, 2], [-0.1, -0.15, -0.05]],
    ['trigram missing: back-off of (<s> the), then of "the"', [0, 2], [-0.1, -0.6 - 0.5 - 3]],
    ['bigram missing after <s>', [2], [-0.125 - 3]],
    ['trigram missing, bigram there', [2, 1, 2], [-3.125, -0.75 - 2, -0.4]],
    ['a word added at run time is <unk>', [0, 77], [-0.1, -0.6 - 0.5 - 4]],
  ];
  for (const [name, words, scores] of table)
    t.strictSame(
      afterWords(model, words).scores,
      scores.map((score) => Math.round(score * 1e4) / 1e4),
      name,
    );
  t.end();
});

t.test('cached answers are the same as the first', (t) => {
  const model = new TrigramModel(bytes);
  t.strictSame(afterWords(model, [0, 1, 2]), afterWords(model, [0, 1, 2]));
  t.end();
});

t.test('histories that predict alike share a state', (t) => {
  const model = new TrigramModel(bytes);
  t.equal(
    afterWords(model, [1, 2]).state,
    afterWords(model, [0, 1, 2]).state,
    'nothing follows (cat sat), so only "sat" counts',
  );
  t.not(afterWords(model, [0, 1]).state, afterWords(model, [1]).state);
  t.end();
});

t.test('the sentence end is scored like a word', (t) => {
  const model = new TrigramModel(bytes);
  t.ok(Math.abs(model.endScore(model.startState) - (-0.125 - 1.5)) < 1e-6);
  t.end();
});

t.test('damaged files are refused', (t) => {
  const wrongMagic = bytes.slice();
  wrongMagic[0] = 0;
  const wrongVersion = bytes.slice();
  wrongVersion[4] = 9;
  for (const [name, file] of [
    ['magic', wrongMagic],
    ['version', wrongVersion],
    ['end', bytes.subarray(0, bytes.length - 3)],
    ['empty', new Uint8Array(2)],
  ] as const) {
    t.throws(() => new TrigramModel(file), { code: 'MODEL_CORRUPT' }, name);
  }
  t.end();
});
