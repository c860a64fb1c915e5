/**
 * Commas, full stops and question marks between recognised words, by a linear model over the words around each boundary.
 *
 *   stt-en.punctuation.bin   magic APUN, header {bits, marks, scale}, then int8 [2^bits, 3]: weights of comma, period and
 *                            question, times `scale`
 *
 * Features are hashed as `training/stt/punctuation.py` does; `test/golden/punctuation.json` holds the two together. It
 * decides from left to right and knows where the sentence and the clause began. The text it learnt from has no pauses: they
 * shift the scores by a rule of thumb, a long one toward a mark and none away from it.
 */
import { AttuneError } from '../../../core/errors.js';
import { BinaryFile } from '../binary-file.js';

export type Mark = '' | ',' | '.' | '?';

const marks: readonly Mark[] = ['', ',', '.', '?'];
const lengthLimits = [1, 2, 3, 4, 6, 8, 12, 20];
/** Padding around the words, as many as features reach for. */
const padding = 4;

/** Below this gap a mark is less likely, above the other one more; a guess, not trained. */
const shortPauseMs = 60;
const longPauseMs = 600;
const shortPausePenalty = 0.5;
const longPauseBonus = 1;

export class PunctuationModel {
  readonly #weights: Int8Array;
  readonly #scale: number;
  readonly #shift: number;

  /** Throws MODEL_CORRUPT. */
  constructor(bytes: Uint8Array) {
    const file = new BinaryFile(bytes, 'APUN');
    const bits = file.count('bits');
    const scale = file.header['scale'];
    if (typeof scale !== 'number' || bits > 24 || file.strings('marks').join() !== 'comma,period,question')
      throw new AttuneError('MODEL_CORRUPT', 'punctuation data: its header is of another model');
    this.#weights = new Int8Array(file.uint8Column(3 << bits).buffer);
    this.#scale = scale;
    this.#shift = 32 - bits;
  }

  /**
   * The mark after each word; the last one is a full stop or a question mark.
   *
   * @param pausesMs silence after each word; without it pauses are not considered
   */
  marks(words: readonly string[], pausesMs: readonly number[] = []): Mark[] {
    const chosen: Mark[] = [];
    let sentence = 0;
    let clause = 0;
    const hashes = paddedHashes(words);
    for (let at = 0; at < words.length; at += 1) {
      const isLast = at === words.length - 1;
      const scores = this.#scores(hashes, at, { sentence, clause });
      const shift = pauseShift(pausesMs[at]);
      const best = isLast ? (scores[2] > scores[1] ? 3 : 2) : bestOf(scores, shift);
      chosen.push(marks[best]!);
      if (best > 0) clause = at + 1;
      if (best > 1) sentence = at + 1;
    }
    return chosen;
  }

  /** Scores of comma, period and question after every word, given the marks before it; none has score 0. */
  scores(words: readonly string[], given: readonly Mark[]): (readonly [number, number, number])[] {
    const hashes = paddedHashes(words);
    let sentence = 0;
    let clause = 0;
    return words.map((_, at) => {
      const scores = this.#scores(hashes, at, { sentence, clause });
      if (given[at] !== '') clause = at + 1;
      if (given[at] === '.' || given[at] === '?') sentence = at + 1;
      return scores;
    });
  }

  #scores(
    hashes: Uint32Array,
    at: number,
    start: { readonly sentence: number; readonly clause: number },
  ): readonly [number, number, number] {
    let [comma, period, question] = [0, 0, 0];
    templatesOf(hashes, at + padding, start.sentence + padding, start.clause + padding).forEach((parts, index) => {
      const row = 3 * this.#row(index, parts);
      comma += this.#weights[row]!;
      period += this.#weights[row + 1]!;
      question += this.#weights[row + 2]!;
    });
    return [comma * this.#scale, period * this.#scale, question * this.#scale];
  }

  #row(template: number, parts: readonly number[]): number {
    let value = Math.imul(template + 1, 0x1000193);
    for (const part of parts) {
      value = Math.imul(value ^ part, 0x9e3779b1);
      value ^= value >>> 15;
    }
    return Math.imul(value, 0x85ebca6b) >>> this.#shift;
  }
}

/** What the model looks at, in the order of the training: positions count in `w`, which is padded. */
function templatesOf(w: Uint32Array, at: number, sentence: number, clause: number): readonly (readonly number[])[] {
  const [before2, before, word, next, next2, next3] = [
    w[at - 2]!,
    w[at - 1]!,
    w[at]!,
    w[at + 1]!,
    w[at + 2]!,
    w[at + 3]!,
  ];
  const [first, second, third] = [w[sentence]!, w[sentence + 1]!, w[sentence + 2]!];
  const [clauseFirst, clauseSecond] = [w[clause]!, w[clause + 1]!];
  const isEnd = next === 0 ? 1 : 0;
  return [
    [],
    [word],
    [next],
    [before],
    [next2],
    [before, word],
    [word, next],
    [next, next2],
    [before2, before, word],
    [before, word, next],
    [word, next, next2],
    [next, next2, next3],
    [lengthClass(at - sentence), isEnd],
    [lengthClass(at - clause), next],
    [lengthClass(at - clause), word],
    [first, isEnd],
    [first, second, isEnd],
    [first, second, third, isEnd],
    [first, word],
    [first, next],
    [clauseFirst, isEnd],
    [clauseFirst, clauseSecond, isEnd],
    [clauseFirst, next],
  ];
}

function bestOf(scores: readonly [number, number, number], shift: number): number {
  let best = 0;
  let bestScore = 0;
  scores.forEach((score, index) => {
    if (score + shift <= bestScore) return;
    best = index + 1;
    bestScore = score + shift;
  });
  return best;
}

function pauseShift(pauseMs: number | undefined): number {
  if (pauseMs === undefined) return 0;
  return pauseMs >= longPauseMs ? longPauseBonus : pauseMs <= shortPauseMs ? -shortPausePenalty : 0;
}

function lengthClass(wordCount: number): number {
  const index = lengthLimits.findIndex((limit) => wordCount <= limit);
  return index < 0 ? lengthLimits.length : index;
}

function paddedHashes(words: readonly string[]): Uint32Array {
  const hashes = new Uint32Array(words.length + 2 * padding);
  words.forEach((word, index) => (hashes[index + padding] = hashOf(word)));
  return hashes;
}

/** FNV-1a of the letters, 32 bits; 0 is padding. */
function hashOf(word: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < word.length; index += 1) {
    const code = word.charCodeAt(index);
    value = Math.imul(value ^ (code < 128 ? code : 63), 0x01000193);
  }
  return value >>> 0 || 1;
}
