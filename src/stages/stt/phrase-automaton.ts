/**
 * Where in which hot phrase a word sequence stands, and what that is worth.
 *
 * An Aho–Corasick automaton over word ids: node 0 is "in no phrase", a node is the longest beginning of a phrase that the
 * last words are. Each word of a phrase earns its bonus at once; what was earned since the last complete phrase is pending
 * and taken back when the words leave the phrase. Along any word sequence the sum is that of the complete phrases.
 */

export interface WeightedPhrase {
  /** Word ids, at least one. */
  readonly words: readonly number[];
  /** Log score that each of its words earns. */
  readonly wordBonus: number;
}

/** Word ids have 17 bits: two bytes of the lexicon and those added at run time. */
const idCount = 1 << 17;

export class PhraseAutomaton {
  readonly nodeCount: number;
  /** By node: log score that leaving takes back. */
  readonly pending: readonly number[];
  /** Log score gained by the last `step`. */
  gain = 0;
  readonly #child = new Map<number, number>();
  readonly #wordsAfter: number[][] = [[]];
  readonly #fallback: number[] = [0];
  readonly #earned: number[] = [0];

  constructor(phrases: readonly WeightedPhrase[]) {
    /** What the phrases that end at a node are worth. */
    const complete = [0];
    const parent = [0];
    const order: { readonly node: number; readonly word: number; readonly depth: number }[] = [];
    for (const { words, wordBonus } of phrases) {
      let node = 0;
      words.forEach((word, depth) => {
        let next = this.#child.get(node * idCount + word);
        if (next === undefined) {
          next = parent.push(node) - 1;
          this.#child.set(node * idCount + word, next);
          this.#wordsAfter[node]?.push(word);
          this.#wordsAfter.push([]);
          this.#earned.push(0);
          complete.push(0);
          order.push({ node: next, word, depth });
        }
        this.#earned[next] = Math.max(this.#at(this.#earned, next), this.#at(this.#earned, node) + wordBonus);
        node = next;
      });
      complete[node] = Math.max(this.#at(complete, node), words.length * wordBonus);
    }
    this.nodeCount = parent.length;
    order.sort((a, b) => a.depth - b.depth);
    const banked = new Array<number>(this.nodeCount).fill(0);
    for (const { node, word } of order) {
      const above = this.#at(parent, node);
      const fallback = above === 0 ? 0 : this.#descend(this.#at(this.#fallback, above), word);
      this.#fallback[node] = fallback;
      // A later phrase may have made the beginning worth more.
      this.#earned[node] = Math.max(this.#at(this.#earned, node), this.#at(this.#earned, above));
      banked[node] = Math.max(this.#at(complete, node), this.#at(banked, above), this.#at(banked, fallback));
      this.#earned[node] = Math.max(this.#at(this.#earned, node), this.#at(banked, node));
    }
    this.pending = this.#earned.map((earned, node) => earned - this.#at(banked, node));
  }

  /** The node after one more word; `gain` is what the word earned, less what it took back. */
  step(node: number, word: number): number {
    let at = node;
    let gain = 0;
    for (;;) {
      const child = this.#child.get(at * idCount + word);
      if (child !== undefined) {
        this.gain = gain + this.#at(this.#earned, child) - this.#at(this.#earned, at);
        return this.#settled(child);
      }
      if (at === 0) break;
      gain += this.#pendingAt(this.#at(this.#fallback, at)) - this.#pendingAt(at);
      at = this.#at(this.#fallback, at);
    }
    this.gain = gain;
    return 0;
  }

  /** Words that earn something after a node, those of its fallbacks included and of "in no phrase" not. */
  continuations(node: number): readonly number[] {
    const words: number[] = [];
    for (let at = node; at !== 0; at = this.#at(this.#fallback, at)) words.push(...(this.#wordsAfter[at] ?? []));
    return words;
  }

  /** A complete phrase that nothing continues is the same as its fallback, so that hypotheses meet again. */
  #settled(node: number): number {
    let at = node;
    while (at !== 0 && this.#wordsAfter[at]?.length === 0) {
      const fallback = this.#at(this.#fallback, at);
      this.gain += this.#pendingAt(fallback) - this.#pendingAt(at);
      at = fallback;
    }
    return at;
  }

  #descend(node: number, word: number): number {
    for (let at = node; ; at = this.#at(this.#fallback, at)) {
      const child = this.#child.get(at * idCount + word);
      if (child !== undefined) return child;
      if (at === 0) return 0;
    }
  }

  #pendingAt(node: number): number {
    return this.#at(this.pending, node);
  }

  #at(column: readonly number[], node: number): number {
    return column[node] as number;
  }
}
