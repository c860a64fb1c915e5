/**
 * A back-off trigram language model read from its quantised file.
 *
 * A state is an integer that stands for the words so far, as far as the model can tell them apart: below `bigramCount`
 * it is the two last words, above it the last one only. Scores are natural logarithms. Words the model does not list
 * (ids of words added at run time) count as <unk>. One instance serves many searches of one thread.
 */
import { AttuneError } from '../../core/errors.js';
import { BinaryFile } from './binary-file.js';

const cacheBits = 17;
const codebookSize = 256;

export class TrigramModel {
  readonly wordCount: number;
  /** The state before the first word of a sentence. */
  readonly startState: number;
  /** States are below this. */
  readonly stateCount: number;
  /** State after the last call of `score`. */
  nextState = 0;
  readonly #bigramCount: number;
  readonly #probabilities: Float64Array;
  readonly #backoffs: Float64Array;
  readonly #unigramScore: Float32Array;
  readonly #unigramBackoff: Float32Array;
  readonly #firstBigram: Uint32Array;
  readonly #firstTrigram: Uint32Array;
  readonly #bigramWord: Uint16Array;
  readonly #bigramScore: Uint8Array;
  readonly #bigramBackoff: Uint8Array;
  readonly #trigramWord: Uint16Array;
  readonly #trigramScore: Uint8Array;
  /** Direct-mapped: state, word, next state and (as a float) score, side by side. */
  readonly #cache = new Int32Array(4 << cacheBits).fill(-1);
  readonly #cacheScore = new Float32Array(this.#cache.buffer);

  /** Throws MODEL_CORRUPT when the file is damaged. */
  constructor(bytes: Uint8Array) {
    const file = new BinaryFile(bytes, 'ATLM');
    this.wordCount = file.count('wordCount');
    this.#bigramCount = file.count('bigramCount');
    const trigramCount = file.count('trigramCount');
    this.#probabilities = file.numbers('probabilities', codebookSize);
    this.#backoffs = file.numbers('backoffs', codebookSize);
    const unigramCount = this.wordCount + 3;
    this.#unigramScore = file.float32Column(unigramCount);
    this.#unigramBackoff = file.float32Column(unigramCount);
    this.#firstBigram = file.uint32Column(unigramCount + 1);
    this.#firstTrigram = file.uint32Column(this.#bigramCount + 1);
    this.#bigramWord = file.uint16Column(this.#bigramCount);
    this.#bigramScore = file.uint8Column(this.#bigramCount);
    this.#bigramBackoff = file.uint8Column(this.#bigramCount);
    this.#trigramWord = file.uint16Column(trigramCount);
    this.#trigramScore = file.uint8Column(trigramCount);
    if (
      this.#firstBigram[unigramCount] !== this.#bigramCount ||
      this.#firstTrigram[this.#bigramCount] !== trigramCount
    ) {
      throw new AttuneError('MODEL_CORRUPT', 'the language model’s columns contradict its header');
    }
    this.startState = this.#bigramCount + this.wordCount;
    this.stateCount = this.#bigramCount + unigramCount;
  }

  /** Log probability of a word without context. */
  unigram(word: number): number {
    return this.#unigramScore[word < this.wordCount ? word : this.wordCount + 2] as number;
  }

  /** Log probability of `word` after `state`; the state after it is left in `nextState`. */
  score(state: number, word: number): number {
    const slot = ((Math.imul(state, 0x9e3779b1) ^ Math.imul(word, 0x85ebca6b)) >>> (32 - cacheBits)) << 2;
    const cache = this.#cache;
    if (cache[slot] !== state || cache[slot + 1] !== word) {
      this.#cacheScore[slot + 3] = this.#lookUp(state, word < this.wordCount ? word : this.wordCount + 2);
      cache[slot] = state;
      cache[slot + 1] = word;
      cache[slot + 2] = this.nextState;
    }
    this.nextState = cache[slot + 2] as number;
    return this.#cacheScore[slot + 3] as number;
  }

  /** Log probability that the sentence ends after `state`. */
  endScore(state: number): number {
    return this.#lookUp(state, this.wordCount + 1);
  }

  #lookUp(state: number, word: number): number {
    const last = state < this.#bigramCount ? (this.#bigramWord[state] as number) : state - this.#bigramCount;
    const bigram = find(
      this.#bigramWord,
      word,
      this.#firstBigram[last] as number,
      this.#firstBigram[last + 1] as number,
    );
    const continues =
      bigram >= 0 && (this.#firstTrigram[bigram] as number) < (this.#firstTrigram[bigram + 1] as number);
    this.nextState = continues ? bigram : this.#bigramCount + word;
    let backoff = 0;
    if (state < this.#bigramCount) {
      const trigram = find(
        this.#trigramWord,
        word,
        this.#firstTrigram[state] as number,
        this.#firstTrigram[state + 1] as number,
      );
      if (trigram >= 0) return this.#probabilities[this.#trigramScore[trigram] as number] as number;
      backoff = this.#backoffs[this.#bigramBackoff[state] as number] as number;
    }
    if (bigram >= 0) return backoff + (this.#probabilities[this.#bigramScore[bigram] as number] as number);
    return backoff + (this.#unigramBackoff[last] as number) + (this.#unigramScore[word] as number);
  }
}

/** Position of `word` in the sorted range, or −1. */
function find(words: Uint16Array, word: number, start: number, end: number): number {
  let low = start;
  let high = end - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const there = words[middle] as number;
    if (there === word) return middle;
    if (there < word) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
