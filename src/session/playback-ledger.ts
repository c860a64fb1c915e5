/**
 * What of one spoken item has been sent, and what the caller has heard of it. Pure bookkeeping on the clock's instants.
 *
 * The client is taken to play without a pause from the arrival of the first sound, and to wait when it runs dry. Clauses
 * are marked as their sound begins, so that milliseconds heard become words heard; within a clause, words are taken to
 * last in proportion to their letters.
 */

interface ClauseMark {
  readonly text: string;
  readonly startMs: number;
  endMs: number;
}

export class PlaybackLedger {
  readonly #clauses: ClauseMark[] = [];
  #sentMs = 0;
  /** Instant at which the client will have played all that was sent. */
  #playedOutAtMs = -Infinity;

  /** Sound sent so far. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** The following sound speaks `text`. */
  beginClause(text: string): void {
    this.#clauses.push({ text, startMs: this.#sentMs, endMs: this.#sentMs });
  }

  /** Sound of `durationMs` leaves at `nowMs`. */
  send(durationMs: number, nowMs: number): void {
    this.#playedOutAtMs = Math.max(this.#playedOutAtMs, nowMs) + durationMs;
    this.#sentMs += durationMs;
    const clause = this.#clauses.at(-1);
    if (clause) clause.endMs = this.#sentMs;
  }

  /** Sound that the client holds and has not played yet. */
  aheadMs(nowMs: number): number {
    return Math.max(0, this.#playedOutAtMs - nowMs);
  }

  /** Sound the caller has heard. */
  heardMs(nowMs: number): number {
    return Math.max(0, this.#sentMs - this.aheadMs(nowMs));
  }

  /** The words of the first `heardMs` of the item; a word counts once it has been played to its middle. */
  textHeard(heardMs: number): string {
    const heard: string[] = [];
    for (const clause of this.#clauses) {
      if (clause.startMs >= heardMs) break;
      heard.push(heardMs >= clause.endMs ? clause.text.trim() : partOf(clause, heardMs));
    }
    return heard.filter((text) => text !== '').join(' ');
  }
}

function partOf(clause: ClauseMark, heardMs: number): string {
  const share = (heardMs - clause.startMs) / (clause.endMs - clause.startMs);
  const words = clause.text.trim().split(/\s+/u);
  const letters = words.map((word) => word.length);
  const total = letters.reduce((sum, count) => sum + count, 0);
  let passed = 0;
  const heard = words.filter((_, index) => {
    const middle = (passed + (letters[index] ?? 0) / 2) / total;
    passed += letters[index] ?? 0;
    return middle <= share;
  });
  return heard.join(' ');
}
