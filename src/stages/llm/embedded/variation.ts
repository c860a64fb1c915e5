/**
 * Chooses among phrasings without chance: the same conversation always gets the same words.
 *
 * The choice starts from a hash of what the caller said first and moves on with every turn, so neighbouring turns differ
 * and two callers need not hear the same.
 */

export class Variation {
  readonly #seed: number;

  constructor(
    firstWords: string,
    readonly turn: number,
  ) {
    this.#seed = hashOf(firstWords);
  }

  /** One of the phrasings; consecutive turns get different ones. There must be at least one. */
  pick<T>(phrasings: readonly T[]): T {
    return phrasings[(this.#seed + this.turn) % phrasings.length]!;
  }
}

/** FNV-1a, 32 bit. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
