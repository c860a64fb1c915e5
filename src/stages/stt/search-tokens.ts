/**
 * The hypotheses of one frame of a beam search, as columns, found by place and language-model state.
 *
 * A place is a trie node times two, plus one when the word that ends there has been taken. At most one token has a given
 * place and state: entering a second one joins it with the first. Two beginnings with the same words add their
 * probabilities (they are alignments of one text); with different words the better one stays and the other is noted as
 * its rival. Nothing is allocated per frame.
 */
import type { WordHistory } from './word-history.js';

const slotBits = 16;
/** Rivals less likely than this ratio are not worth a walk through the history. */
const leastRivalLog = -6;

/** What a path brings into a place. */
export interface Entry {
  place: number;
  state: number;
  /** Log probability of the path, ending in the place's phone at this frame. */
  score: number;
  record: number;
  /** Word taken on entering, or −1. */
  word: number;
  hash: number;
  startFrame: number;
  /** Sum of log posteriors of the word's earlier phones. */
  earlierPhones: number;
  /** Log posterior of the place's phone. */
  phone: number;
}

export class SearchTokens {
  readonly capacity: number;
  count = 0;
  readonly place: Int32Array;
  readonly state: Int32Array;
  /** Log probability of the paths that end in blank, in the place's phone, and of both. */
  readonly blank: Float64Array;
  readonly nonBlank: Float64Array;
  readonly total: Float64Array;
  readonly record: Int32Array;
  readonly word: Int32Array;
  readonly hash: Int32Array;
  readonly startFrame: Int32Array;
  readonly earlierPhones: Float32Array;
  readonly phone: Float32Array;
  readonly #slots = new Int32Array(1 << slotBits);

  constructor(capacity: number) {
    this.capacity = capacity;
    this.place = new Int32Array(capacity);
    this.state = new Int32Array(capacity);
    this.blank = new Float64Array(capacity);
    this.nonBlank = new Float64Array(capacity);
    this.total = new Float64Array(capacity);
    this.record = new Int32Array(capacity);
    this.word = new Int32Array(capacity);
    this.hash = new Int32Array(capacity);
    this.startFrame = new Int32Array(capacity);
    this.earlierPhones = new Float32Array(capacity);
    this.phone = new Float32Array(capacity);
  }

  /** Takes over the tokens of another set, which stays as it is. `clear` before entering more. */
  copyFrom(other: SearchTokens): void {
    this.count = 0;
    for (let token = 0; token < Math.min(other.count, this.capacity); token++) this.#copy(other, token, this.count++);
  }

  clear(): void {
    this.count = 0;
    this.#slots.fill(-1);
  }

  /** Copies a token that stays where it is, with its new scores. Its place and state must not be taken yet. */
  stay(from: SearchTokens, index: number, blank: number, nonBlank: number, phone: number): void {
    const at = this.#slotOf(from.place[index] as number, from.state[index] as number);
    const token = this.count++;
    this.#slots[at] = token;
    this.#copy(from, index, token);
    this.blank[token] = blank;
    this.nonBlank[token] = nonBlank;
    this.total[token] = addLogs(blank, nonBlank);
    this.phone[token] = phone;
  }

  /** Brings a path in. Returns the total of its token; −∞ when there is no room for a new one. */
  enter(entry: Entry, history: WordHistory): number {
    const at = this.#slotOf(entry.place, entry.state);
    let token = this.#slots[at] as number;
    if (token < 0) {
      if (this.count === this.capacity) return -Infinity;
      token = this.count++;
      this.#slots[at] = token;
      this.#take(entry, token);
      return entry.score;
    }
    const total = this.total[token] as number;
    if (this.hash[token] === entry.hash) {
      const nonBlank = addLogs(this.nonBlank[token] as number, entry.score);
      if (entry.score > total) {
        const blank = this.blank[token] as number;
        this.#take(entry, token);
        this.blank[token] = blank;
      }
      this.nonBlank[token] = nonBlank;
      this.total[token] = addLogs(this.blank[token] as number, nonBlank);
    } else if (entry.score > total) {
      if (total - entry.score > leastRivalLog)
        history.noteRival(entry.record, this.record[token] as number, Math.exp(total - entry.score));
      this.#take(entry, token);
    } else if (entry.score - total > leastRivalLog) {
      history.noteRival(this.record[token] as number, entry.record, Math.exp(entry.score - total));
    }
    return this.total[token] as number;
  }

  /** Keeps the tokens of at least `threshold`, in order. `clear` before entering more. */
  keepAbove(threshold: number): void {
    let kept = 0;
    for (let token = 0; token < this.count; token++) {
      if ((this.total[token] as number) < threshold) continue;
      if (kept !== token) this.#copy(this, token, kept);
      kept += 1;
    }
    this.count = kept;
  }

  #take(entry: Entry, token: number): void {
    this.place[token] = entry.place;
    this.state[token] = entry.state;
    this.blank[token] = -Infinity;
    this.nonBlank[token] = entry.score;
    this.total[token] = entry.score;
    this.record[token] = entry.record;
    this.word[token] = entry.word;
    this.hash[token] = entry.hash;
    this.startFrame[token] = entry.startFrame;
    this.earlierPhones[token] = entry.earlierPhones;
    this.phone[token] = entry.phone;
  }

  #copy(from: SearchTokens, index: number, token: number): void {
    this.place[token] = from.place[index] as number;
    this.state[token] = from.state[index] as number;
    this.blank[token] = from.blank[index] as number;
    this.nonBlank[token] = from.nonBlank[index] as number;
    this.total[token] = from.total[index] as number;
    this.record[token] = from.record[index] as number;
    this.word[token] = from.word[index] as number;
    this.hash[token] = from.hash[index] as number;
    this.startFrame[token] = from.startFrame[index] as number;
    this.earlierPhones[token] = from.earlierPhones[index] as number;
    this.phone[token] = from.phone[index] as number;
  }

  /** The slot of a place and state: theirs, or the free one where they belong. */
  #slotOf(place: number, state: number): number {
    let slot = (Math.imul(place, 0x9e3779b1) ^ Math.imul(state, 0x85ebca6b)) >>> (32 - slotBits);
    for (;;) {
      const token = this.#slots[slot] as number;
      if (token < 0 || (this.place[token] === place && this.state[token] === state)) return slot;
      slot = (slot + 1) & ((1 << slotBits) - 1);
    }
  }
}

/** ln(eᵃ + eᵇ). */
export function addLogs(a: number, b: number): number {
  const high = a > b ? a : b;
  const low = a > b ? b : a;
  return high - low > 30 || low === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}
