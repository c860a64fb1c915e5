/**
 * Chance of one call of the fuzzer: everything in it follows from the seed of the run and the number of the call, so that a
 * call can be repeated without those before it.
 */

export class FuzzRandom {
  #state: number;

  constructor(seed: number, call: number) {
    // Neighbouring calls must not resemble each other, so both numbers are scattered first (mulberry32, the golden ratio).
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(call + 1, 0x85ebca6b)) >>> 0;
    this.next();
  }

  /** 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number of 0 to `count` − 1; 0 for a count of 0. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
