/**
 * The words behind every hypothesis of one search: records that point back to the word before.
 *
 * A record is an index, larger than its parent's. Record 0 stands for "nothing yet". What all hypotheses share can be
 * settled: settled words move out to a list, the record they end in becomes the base, and no walk goes behind it.
 * `collect` frees what no hypothesis reaches, so memory follows the number of open hypotheses and not the length of speech.
 */

/** A settled or hypothesised word with the evidence for it. */
export interface HistoryWord {
  readonly word: number;
  readonly startFrame: number;
  /** Frame of the word's last phone. */
  readonly endFrame: number;
  /** Mean log posterior of the word's phones at the frames where they were found, ≤ 0. */
  readonly phoneLogPosterior: number;
  /** Probability of the best word sequence that competed with this word, relative to the winner’s: 0 is undisputed. */
  readonly rivalRatio: number;
}

const initialCapacity = 1 << 12;
const longestRivalWalk = 12;

export class WordHistory {
  /** Words that no further audio can change, oldest first. */
  readonly settled: HistoryWord[] = [];
  /** Number of records, live or not. */
  size = 1;
  #base = 0;
  #parent = new Int32Array(initialCapacity);
  #word = new Int32Array(initialCapacity);
  #hash = new Int32Array(initialCapacity);
  #depth = new Int32Array(initialCapacity);
  #startFrame = new Int32Array(initialCapacity);
  #endFrame = new Int32Array(initialCapacity);
  #phoneLogPosterior = new Float32Array(initialCapacity);
  #rivalRatio = new Float32Array(initialCapacity);

  /** Becomes a copy of another history, which stays as it is. */
  copyFrom(other: WordHistory): void {
    this.settled.splice(0, this.settled.length, ...other.settled);
    while (this.#parent.length < other.#parent.length) this.#grow();
    this.size = other.size;
    this.#base = other.#base;
    const open = <T extends Int32Array | Float32Array>(column: T): T => column.subarray(0, other.size) as T;
    this.#parent.set(open(other.#parent));
    this.#word.set(open(other.#word));
    this.#hash.set(open(other.#hash));
    this.#depth.set(open(other.#depth));
    this.#startFrame.set(open(other.#startFrame));
    this.#endFrame.set(open(other.#endFrame));
    this.#phoneLogPosterior.set(open(other.#phoneLogPosterior));
    this.#rivalRatio.set(open(other.#rivalRatio));
  }

  /** True when adding more should wait for `collect`. */
  get crowded(): boolean {
    return this.size > this.#parent.length >> 1;
  }

  /** Hash of the whole word sequence that ends in a record, whatever its times. */
  hashOf(record: number): number {
    return this.#hash[record] as number;
  }

  add(
    parent: number,
    word: {
      readonly word: number;
      readonly hash: number;
      readonly startFrame: number;
      readonly endFrame: number;
      readonly phoneLogPosterior: number;
    },
  ): number {
    if (this.size === this.#parent.length) this.#grow();
    const record = this.size++;
    this.#parent[record] = parent;
    this.#word[record] = word.word;
    this.#hash[record] = word.hash;
    this.#depth[record] = (this.#depth[parent] as number) + 1;
    this.#startFrame[record] = word.startFrame;
    this.#endFrame[record] = word.endFrame;
    this.#phoneLogPosterior[record] = word.phoneLogPosterior;
    this.#rivalRatio[record] = 0;
    return record;
  }

  /** Better evidence for a word's last phone arrived: its mean log posterior rises by `gain`. */
  raise(record: number, gain: number): void {
    if (record !== this.#base) this.#phoneLogPosterior[record]! += gain;
  }

  /** Notes that `loser` ended in the same place as `winner` with `ratio` of its probability, on the words where they differ. */
  noteRival(winner: number, loser: number, ratio: number): void {
    let a = winner;
    let b = loser;
    for (let step = 0; step < longestRivalWalk && a !== b && a !== this.#base; step++) {
      const ahead = (this.#depth[a] as number) - (this.#depth[b] as number);
      if (ahead === 0 && this.#hash[a] === this.#hash[b]) return;
      if (ahead > 0 || (ahead === 0 && this.#word[a] !== this.#word[b]))
        this.#rivalRatio[a] = Math.max(this.#rivalRatio[a] as number, ratio);
      if (ahead >= 0) a = this.#parent[a] as number;
      if (ahead <= 0) b = b === this.#base ? b : (this.#parent[b] as number);
    }
  }

  /** Settles the words common to all records of the list; returns how many were settled now. */
  settle(records: Int32Array, count: number): number {
    if (count === 0) return 0;
    let common = records[0] as number;
    for (let i = 1; i < count && common !== this.#base; i++) common = this.#ancestor(common, records[i] as number);
    if (common === this.#base) return 0;
    const words = this.words(common);
    this.settled.push(...words);
    this.#base = common;
    return words.length;
  }

  /** The words after the settled ones that lead to a record, oldest first. */
  words(record: number): HistoryWord[] {
    const words: HistoryWord[] = [];
    for (let at = record; at !== this.#base; at = this.#parent[at] as number) {
      words.push({
        word: this.#word[at] as number,
        startFrame: this.#startFrame[at] as number,
        endFrame: this.#endFrame[at] as number,
        phoneLogPosterior: this.#phoneLogPosterior[at] as number,
        rivalRatio: this.#rivalRatio[at] as number,
      });
    }
    return words.reverse();
  }

  /** Forgets records that none of `records` reaches, and renumbers those in place. */
  collect(records: Int32Array, count: number): void {
    const moved = new Int32Array(this.size).fill(-1);
    moved[this.#base] = 0;
    for (let i = 0; i < count; i++) {
      for (let at = records[i] as number; moved[at] === -1; at = this.#parent[at] as number) moved[at] = 0;
    }
    let size = 0;
    for (let record = this.#base; record < this.size; record++) {
      if (moved[record] === -1) continue;
      const isBase = record === this.#base;
      moved[record] = size;
      this.#parent[size] = isBase ? 0 : (moved[this.#parent[record] as number] as number);
      for (const column of [
        this.#word,
        this.#hash,
        this.#depth,
        this.#startFrame,
        this.#endFrame,
        this.#phoneLogPosterior,
        this.#rivalRatio,
      ]) {
        column[size] = column[record] as number;
      }
      size += 1;
    }
    for (let i = 0; i < count; i++) records[i] = moved[records[i] as number] as number;
    this.#base = 0;
    this.size = size;
    if (this.crowded) this.#grow();
  }

  #ancestor(first: number, second: number): number {
    let a = first;
    let b = second;
    while (a !== b) {
      if (a > b) a = this.#parent[a] as number;
      else b = this.#parent[b] as number;
      if (a < this.#base || b < this.#base) return this.#base;
    }
    return a;
  }

  #grow(): void {
    const wider = <T extends Int32Array | Float32Array>(column: T, copy: T): T => {
      copy.set(column);
      return copy;
    };
    const capacity = this.#parent.length * 2;
    this.#parent = wider(this.#parent, new Int32Array(capacity));
    this.#word = wider(this.#word, new Int32Array(capacity));
    this.#hash = wider(this.#hash, new Int32Array(capacity));
    this.#depth = wider(this.#depth, new Int32Array(capacity));
    this.#startFrame = wider(this.#startFrame, new Int32Array(capacity));
    this.#endFrame = wider(this.#endFrame, new Int32Array(capacity));
    this.#phoneLogPosterior = wider(this.#phoneLogPosterior, new Float32Array(capacity));
    this.#rivalRatio = wider(this.#rivalRatio, new Float32Array(capacity));
  }
}
