/**
 * When to look at a voice again while its owner speaks: every half second, less often when looking is slow.
 *
 * One look at a time. A look is followed by a pause of fifteen times its length: half a second on an idle machine, longer
 * the busier it is, so that passing impressions of all calls together do not crowd out the judgements that replies wait for.
 */

/** Of the caller's audio. */
const everyMs = 500;
const pauseFactor = 15;

export class ImpressionPace {
  #dueAtMs = everyMs;
  #looking = false;

  /** A new utterance: the first look is half a second into it. */
  restart(heardMs: number): void {
    this.#dueAtMs = heardMs + everyMs;
  }

  /** True when it is time; the caller then looks and says `done`. */
  isDue(heardMs: number): boolean {
    if (this.#looking || heardMs < this.#dueAtMs) return false;
    this.#looking = true;
    this.#dueAtMs = heardMs + everyMs;
    return true;
  }

  /** @param durationMs how long the look took; @param heardMs the caller's audio by now. */
  done(durationMs: number, heardMs: number): void {
    this.#looking = false;
    this.#dueAtMs = Math.max(this.#dueAtMs, heardMs + pauseFactor * durationMs);
  }
}
