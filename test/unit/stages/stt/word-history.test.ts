import t from 'tap';
import { WordHistory } from '../../../../src/stages/stt/word-history.js';

/** Adds a word that starts and ends with its own number. */
function add(history: WordHistory, parent: number, word: number): number {
  const hash = Math.imul(history.hashOf(parent) ^ (word + 1), 0x9e3779b1);
  return history.add(parent, { word, hash, startFrame: word, endFrame: word, phoneLogPosterior: -word });
}

const texts = (history: WordHistory, record: number): number[] => history.words(record).map((word) => word.word);

t.test('words lead back to the beginning, and what all share is settled once', (t) => {
  const history = new WordHistory();
  const one = add(history, 0, 1);
  const two = add(history, one, 2);
  const three = add(history, two, 3);
  const other = add(history, two, 4);
  t.strictSame(texts(history, three), [1, 2, 3]);
  t.equal(history.settle(Int32Array.of(three, other, 0), 3), 0, 'one hypothesis has no word yet');
  t.equal(history.settle(Int32Array.of(three, other, 99), 2), 2);
  t.equal(history.settle(Int32Array.of(three, other), 2), 0);
  t.strictSame(
    history.settled.map((word) => word.word),
    [1, 2],
  );
  t.strictSame(texts(history, other), [4]);
  t.equal(history.settle(Int32Array.of(three), 1), 1);
  t.strictSame(
    history.settled.map((word) => word.word),
    [1, 2, 3],
  );
  t.strictSame(texts(history, three), []);
  t.end();
});

t.test('collecting keeps what is reachable, renumbers it, and frees the rest', (t) => {
  const history = new WordHistory();
  const one = add(history, 0, 1);
  for (let word = 10; word < 1000; word++) add(history, one, word);
  const two = add(history, one, 2);
  const three = add(history, two, 3);
  const records = Int32Array.of(three, two);
  history.settle(records, 2);
  history.collect(records, 2);
  t.equal(history.size, 2, 'the base and one open word');
  t.strictSame(texts(history, records[0] ?? -1), [3]);
  t.strictSame(texts(history, records[1] ?? -1), []);
  const four = add(history, records[0] ?? -1, 4);
  t.strictSame(
    history.words(four).map(({ word, startFrame, phoneLogPosterior }) => [word, startFrame, phoneLogPosterior]),
    [
      [3, 3, -3],
      [4, 4, -4],
    ],
  );
  t.end();
});

t.test('a rival counts against the words in which it differs', (t) => {
  const history = new WordHistory();
  const the = add(history, 0, 1);
  const cat = add(history, the, 2);
  const sat = add(history, cat, 3);
  const a = add(history, 0, 4);
  const rival = add(history, add(history, a, 2), 3);
  history.noteRival(sat, rival, 0.5);
  history.noteRival(sat, rival, 0.2);
  t.strictSame(
    history.words(sat).map((word) => word.rivalRatio),
    [0.5, 0, 0],
    'the largest ratio, on the first word only',
  );
  history.noteRival(sat, add(history, add(history, 0, 1), 2), 0.25);
  t.strictSame(
    history.words(sat).map((word) => word.rivalRatio),
    [0.5, 0, 0.25],
    'a word more than the rival has',
  );
  t.end();
});

t.test('grows beyond its first capacity', (t) => {
  const history = new WordHistory();
  let record = 0;
  for (let word = 0; word < 10_000; word++) record = add(history, record, word);
  t.strictSame(texts(history, record).slice(0, 3), [0, 1, 2]);
  t.equal(texts(history, record).length, 10_000);
  t.equal(history.crowded, true);
  t.end();
});
