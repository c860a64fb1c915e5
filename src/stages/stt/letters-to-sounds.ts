/**
 * Letter-to-sound model: how a spelling nobody has written down in a lexicon is probably said.
 *
 * A joint n-gram model over units (one or two letters with up to two phones), searched from left to right with a beam.
 * Trained and described in training/stt/letters_to_sounds.py, whose decoder gives the same answers. Takes a–z and
 * apostrophes; what else a written word may hold is `word-pronouncer.ts`. One instance serves many words; it keeps nothing.
 */
import { AttuneError } from '../../core/errors.js';
import { BinaryFile } from './binary-file.js';
import { addLogs } from './search-tokens.js';

/** One way to say a word. */
export interface Pronunciation {
  /** Token ids of the acoustic model. */
  readonly phones: readonly number[];
  /** Its share among the word's pronunciations, 0…1. */
  readonly probability: number;
}

/** Hypotheses kept per letter, and how far (natural log) below the best one may lie; as in the Python decoder. */
const beamWidth = 24;
const beam = 5;
const beginUnit = 0;
const endUnit = 1;
/** A unit that no history and no text allows. */
const impossible = -99;

interface Hypothesis {
  readonly state: number;
  readonly sounds: number;
  score: number;
}

export class LettersToSounds {
  /** Pronunciations of letters and numbers by their names, most usual first: `w`, `12`. */
  readonly names: ReadonlyMap<string, readonly (readonly number[])[]>;
  readonly #unitsOf = new Map<string, readonly { readonly unit: number; readonly phones: readonly number[] }[]>();
  readonly #firstChild: Int32Array;
  readonly #unit: Uint16Array;
  readonly #score: Float64Array;
  readonly #backoff: Float64Array;
  /** Node of the history without its oldest unit. */
  readonly #shorter: Int32Array;
  /** The node, or its longest suffix that has successors. */
  readonly #state: Int32Array;
  #stateAfter = 0;

  /**
   * @param tokens the acoustic model's output names in order, blank first
   * Throws MODEL_CORRUPT when the file is damaged and MODEL_INTERFACE_MISMATCH when it uses a phone the model lacks.
   */
  constructor(bytes: Uint8Array, tokens: readonly string[]) {
    const file = new BinaryFile(bytes, 'ATGP');
    const order = file.count('order');
    const nodeCounts = file.numbers('nodeCounts', order);
    const scoreCode = file.numbers('scores', 2);
    const backoffCode = file.numbers('backoffs', 2);
    this.#readUnits(file.strings('units'), tokens);
    this.names = readNames(file.header['names'], tokens);

    const nodeCount = 1 + nodeCounts.reduce((sum, count) => sum + count, 0);
    this.#firstChild = new Int32Array(nodeCount + 1).fill(nodeCount);
    this.#unit = new Uint16Array(nodeCount);
    this.#score = new Float64Array(nodeCount);
    this.#backoff = new Float64Array(nodeCount);
    this.#firstChild[0] = 1;
    let first = 1;
    for (let level = 0; level < order; level++) {
      const count = nodeCounts[level] as number;
      const next = first + count;
      const units = file.bytes(2 * count);
      const scores = file.bytes(count);
      for (let at = 0; at < count; at++) {
        this.#unit[first + at] = (units[2 * at] as number) + 256 * (units[2 * at + 1] as number);
        this.#score[first + at] = decoded(scoreCode, scores[at] as number);
      }
      if (level + 1 < order) {
        const backoffs = file.bytes(count);
        const childCounts = file.bytes(2 * count);
        let child = next;
        for (let at = 0; at < count; at++) {
          this.#backoff[first + at] = decoded(backoffCode, backoffs[at] as number);
          this.#firstChild[first + at] = child;
          child += (childCounts[2 * at] as number) + 256 * (childCounts[2 * at + 1] as number);
        }
        if (child !== next + (nodeCounts[level + 1] as number))
          throw new AttuneError('MODEL_CORRUPT', 'the letter-to-sound model’s columns contradict its header');
      }
      first = next;
    }
    this.#shorter = new Int32Array(nodeCount);
    this.#state = new Int32Array(nodeCount);
    this.#link(nodeCount);
  }

  /**
   * Up to `count` pronunciations, best first; empty when there is nothing to say.
   *
   * @param letters a–z and apostrophes
   */
  pronounce(letters: string, count = 3): readonly Pronunciation[] {
    const paths = new SoundPaths();
    const columns = Array.from({ length: letters.length + 1 }, () => new Column());
    columns[0]?.add(this.#state[this.#child(0, beginUnit)] as number, 0, 0);
    for (let position = 0; position < letters.length; position++) {
      const ranked = (columns[position] as Column).ranked().slice(0, beamWidth);
      const best = ranked[0]?.score ?? 0;
      for (const { state, sounds, score } of ranked) {
        if (score < best - beam) break;
        for (let length = 1; length <= 2 && position + length <= letters.length; length++) {
          const column = columns[position + length] as Column;
          for (const { unit, phones } of this.#unitsOf.get(letters.substring(position, position + length)) ?? []) {
            const total = score + this.#scoreAfter(state, unit);
            if (total < column.best - beam) continue;
            column.add(this.#stateAfter, paths.extend(sounds, phones), total);
          }
        }
      }
    }
    const scoreOf = new Map<number, number>();
    for (const { state, sounds, score } of (columns.at(-1) as Column).ranked()) {
      if (sounds === 0) continue;
      const total = score + this.#scoreAfter(state, endUnit);
      scoreOf.set(sounds, addLogs(scoreOf.get(sounds) ?? -Infinity, total));
    }
    const ranked = [...scoreOf].sort(([, a], [, b]) => b - a);
    const best = ranked[0]?.[1] ?? 0;
    const mass = ranked.reduce((sum, [, score]) => sum + Math.exp(score - best), 0);
    return ranked
      .slice(0, count)
      .map(([sounds, score]) => ({ phones: paths.phones(sounds), probability: Math.exp(score - best) / mass }));
  }

  #readUnits(units: readonly string[], tokens: readonly string[]): void {
    const unitsOf = new Map<string, { readonly unit: number; readonly phones: readonly number[] }[]>();
    units.forEach((text, unit) => {
      if (unit <= endUnit) return;
      const [letters = '', ...phones] = text.split(' ');
      unitsOf.set(letters, [...(unitsOf.get(letters) ?? []), { unit, phones: phonesOf(phones, tokens) }]);
    });
    for (const [letters, entries] of unitsOf) this.#unitsOf.set(letters, entries);
  }

  #link(nodeCount: number): void {
    for (let node = 0; node < nodeCount; node++) {
      const end = this.#firstChild[node + 1] as number;
      for (let child = this.#firstChild[node] as number; child < end; child++) {
        if (node !== 0)
          this.#shorter[child] = this.#longest(this.#shorter[node] as number, this.#unit[child] as number);
        const hasSuccessors = (this.#firstChild[child] as number) < (this.#firstChild[child + 1] as number);
        this.#state[child] = hasSuccessors ? child : (this.#state[this.#shorter[child] as number] as number);
      }
    }
  }

  /** Node of a unit after the longest suffix of a history that lists it; the root when none does. */
  #longest(history: number, unit: number): number {
    for (let at = history; ; at = this.#shorter[at] as number) {
      const child = this.#child(at, unit);
      if (child >= 0) return child;
      if (at === 0) return 0;
    }
  }

  /** Log probability of a unit after a state; the state after it is left in `#stateAfter`. */
  #scoreAfter(state: number, unit: number): number {
    let score = 0;
    for (let at = state; ; at = this.#shorter[at] as number) {
      const child = this.#child(at, unit);
      if (child >= 0) {
        this.#stateAfter = this.#state[child] as number;
        return score + (this.#score[child] as number);
      }
      if (at === 0) {
        this.#stateAfter = 0;
        return impossible;
      }
      score += this.#backoff[at] as number;
    }
  }

  #child(node: number, unit: number): number {
    let low = this.#firstChild[node] as number;
    let high = (this.#firstChild[node + 1] as number) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = this.#unit[middle] as number;
      if (there === unit) return middle;
      if (there < unit) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** Hypotheses at one place of a spelling; equal ones add their probabilities. */
class Column {
  best = -Infinity;
  readonly #hypotheses: Hypothesis[] = [];

  add(state: number, sounds: number, score: number): void {
    let known = this.#hypotheses.find((one) => one.state === state && one.sounds === sounds);
    if (known) known.score = addLogs(known.score, score);
    else this.#hypotheses.push((known = { state, sounds, score }));
    this.best = Math.max(this.best, known.score);
  }

  ranked(): readonly Hypothesis[] {
    return this.#hypotheses.sort((a, b) => b.score - a.score);
  }
}

/** Phone sequences of one search as numbers; 0 is the empty one. */
class SoundPaths {
  readonly #parent = [0];
  readonly #phone = [0];
  readonly #known = new Map<number, number>();

  extend(path: number, phones: readonly number[]): number {
    let end = path;
    for (const phone of phones) {
      const key = end * 256 + phone;
      let next = this.#known.get(key);
      if (next === undefined) {
        next = this.#parent.push(end) - 1;
        this.#phone.push(phone);
        this.#known.set(key, next);
      }
      end = next;
    }
    return end;
  }

  phones(path: number): readonly number[] {
    const phones: number[] = [];
    for (let at = path; at !== 0; at = this.#parent[at] as number) phones.push(this.#phone[at] as number);
    return phones.reverse();
  }
}

function decoded(code: Float64Array, value: number): number {
  return (code[0] as number) + (code[1] as number) * value;
}

function phonesOf(names: readonly string[], tokens: readonly string[]): readonly number[] {
  return names.map((name) => {
    const token = tokens.indexOf(name);
    if (token < 0)
      throw new AttuneError('MODEL_INTERFACE_MISMATCH', `the acoustic model has no token for the phone ${name}`);
    return token;
  });
}

function readNames(value: unknown, tokens: readonly string[]): LettersToSounds['names'] {
  const names = Object.entries((value ?? {}) as Record<string, readonly string[]>);
  return new Map(
    names.map(([name, spoken]) => [name, spoken.map((phones) => phonesOf(phones.split(' '), tokens))] as const),
  );
}
