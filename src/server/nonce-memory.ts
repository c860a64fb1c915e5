/**
 * Nonces that were used, for as long as a signature with one of them would still be taken. Bounded: what does not fit is
 * refused rather than forgotten, since a forgotten one could be used again.
 */
import type { Clock } from '../core/clock.js';

export interface NonceMemoryOptions {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly mostNonces: number;
}

export class NonceMemory {
  readonly #options: NonceMemoryOptions;
  /** By nonce, until when it counts as used; oldest first, since all live equally long. */
  readonly #usedUntilMs = new Map<string, number>();

  constructor(options: NonceMemoryOptions) {
    this.#options = options;
  }

  /** False when it was used already, or so many others were that it could not be remembered. */
  use(nonce: string): boolean {
    const { clock, lifetimeMs, mostNonces } = this.#options;
    const nowMs = clock.nowMs();
    for (const [used, untilMs] of this.#usedUntilMs) {
      if (untilMs > nowMs) break;
      this.#usedUntilMs.delete(used);
    }
    if (this.#usedUntilMs.has(nonce) || this.#usedUntilMs.size >= mostNonces) return false;
    this.#usedUntilMs.set(nonce, nowMs + lifetimeMs);
    return true;
  }
}
