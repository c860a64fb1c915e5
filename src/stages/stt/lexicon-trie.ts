/**
 * The pronunciations of a lexicon as a prefix tree in flat arrays.
 *
 * Node 0 is the root. The children of a node are `firstChild[node] … firstChild[node + 1]`, so a node's index is larger
 * than its parent's; each node carries the phone that leads to it. Words that end at a node are
 * `endingWords[firstWord[node] … firstWord[node + 1]]`. The tree never changes and is shared by all utterances.
 */
import type { PronunciationLexicon } from './pronunciation-lexicon.js';

export class LexiconTrie {
  readonly nodeCount: number;
  /** [nodes + 1] */
  readonly firstChild: Int32Array;
  /** Token id that leads to the node; −1 for the root. */
  readonly phone: Int16Array;
  /** Phones from the root to the node. */
  readonly depth: Uint8Array;
  /** [nodes + 1] */
  readonly firstWord: Int32Array;
  readonly endingWords: Int32Array;
  /** Highest unigram log probability of the words at or below the node, in nats; 0 for the root. */
  readonly lookahead: Float32Array;

  /** @param wordScore log probability of a word without context, for the look-ahead */
  constructor(lexicon: PronunciationLexicon, wordScore: (word: number) => number) {
    const draft = new DraftTrie(lexicon.phones.length + 1);
    const endOf = new Int32Array(lexicon.phoneStart.length - 1);
    for (let pronunciation = 0; pronunciation < endOf.length; pronunciation++) {
      endOf[pronunciation] = draft.insert(
        lexicon.phones,
        lexicon.phoneStart[pronunciation] as number,
        lexicon.phoneStart[pronunciation + 1] as number,
      );
    }
    this.nodeCount = draft.nodeCount;
    this.firstChild = new Int32Array(this.nodeCount + 1);
    this.phone = new Int16Array(this.nodeCount).fill(-1);
    const placeOf = draft.layOut(this.firstChild, this.phone);
    this.depth = new Uint8Array(this.nodeCount);
    for (let node = 0; node < this.nodeCount; node++) {
      this.depth.fill((this.depth[node] as number) + 1, this.firstChild[node], this.firstChild[node + 1]);
    }

    this.firstWord = new Int32Array(this.nodeCount + 1);
    for (const end of endOf) this.firstWord[(placeOf[end] as number) + 1]! += 1;
    for (let node = 0; node < this.nodeCount; node++) this.firstWord[node + 1]! += this.firstWord[node] as number;
    this.endingWords = new Int32Array(endOf.length);
    const filled = this.firstWord.slice();
    for (let word = 0; word < lexicon.words.length; word++) {
      for (
        let p = lexicon.pronunciationStart[word] as number;
        p < (lexicon.pronunciationStart[word + 1] as number);
        p++
      ) {
        const place = placeOf[endOf[p] as number] as number;
        this.endingWords[filled[place]!++] = word;
      }
    }
    this.lookahead = this.#smear(wordScore);
  }

  /** Largest word score below each node, children before parents. */
  #smear(wordScore: (word: number) => number): Float32Array {
    const best = new Float32Array(this.nodeCount).fill(-Infinity);
    for (let node = this.nodeCount - 1; node > 0; node--) {
      for (let i = this.firstWord[node] as number; i < (this.firstWord[node + 1] as number); i++) {
        best[node] = Math.max(best[node] as number, wordScore(this.endingWords[i] as number));
      }
      for (let child = this.firstChild[node] as number; child < (this.firstChild[node + 1] as number); child++) {
        best[node] = Math.max(best[node] as number, best[child] as number);
      }
    }
    best[0] = 0;
    return best;
  }
}

/** A tree under construction: first child and next sibling, in order of insertion. */
class DraftTrie {
  nodeCount = 1;
  readonly #child: Int32Array;
  readonly #sibling: Int32Array;
  readonly #phone: Int16Array;

  constructor(capacity: number) {
    this.#child = new Int32Array(capacity).fill(-1);
    this.#sibling = new Int32Array(capacity).fill(-1);
    this.#phone = new Int16Array(capacity);
  }

  /** Adds the phones from `start` to `end` and returns the node where they end. */
  insert(phones: Uint8Array, start: number, end: number): number {
    let node = 0;
    for (let i = start; i < end; i++) {
      const phone = phones[i] as number;
      let child = this.#child[node] as number;
      while (child >= 0 && this.#phone[child] !== phone) child = this.#sibling[child] as number;
      if (child < 0) {
        child = this.nodeCount++;
        this.#phone[child] = phone;
        this.#sibling[child] = this.#child[node] as number;
        this.#child[node] = child;
      }
      node = child;
    }
    return node;
  }

  /** Numbers the nodes breadth first into the given arrays; returns the new number of each old one. */
  layOut(firstChild: Int32Array, phone: Int16Array): Int32Array {
    const placeOf = new Int32Array(this.nodeCount);
    const order = new Int32Array(this.nodeCount);
    let count = 1;
    for (let place = 0; place < this.nodeCount; place++) {
      firstChild[place] = count;
      for (
        let child = this.#child[order[place] as number] as number;
        child >= 0;
        child = this.#sibling[child] as number
      ) {
        phone[count] = this.#phone[child] as number;
        placeOf[child] = count;
        order[count++] = child;
      }
    }
    firstChild[this.nodeCount] = count;
    return placeOf;
  }
}
