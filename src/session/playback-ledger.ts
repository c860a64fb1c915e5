/**
 * What of one spoken item has been sent, and what the caller has heard of it. Pure bookkeeping on the clock's instants.
 *
 * The client is taken to play without a pause from the arrival of the first sound, and to wait when it runs dry. A client that
 * says how far it has played shows how far the caller's ear is behind that; what it said counts at least. Clauses
 * are marked as their sound begins, so that milliseconds heard become words heard; within a clause, words are taken to
 * last in proportion to their letters. How long a clause is, is known once it was sent to its end; before, it is estimated.
 * While the client pauses, no time passes for it; the ear hears what is on its way.
 */

/** By how much the ways of two messages of one connection differ on an ordinary day: one frame of a telephone. */
const unevenMs = 20;

/** Usual speech of 150 words a minute at five letters each; taken until a clause of the item has been measured. */
const usualLetterMs = 80;

interface ClauseMark {
  readonly text: string;
  readonly startMs: number;
  endMs: number;
  isWhole: boolean;
}

export class PlaybackLedger {
  readonly #clauses: ClauseMark[] = [];
  #lagMs: number;
  #confirmedMs = 0;
  #sentMs = 0;
  /** Instant at which the client will have played all that was sent. */
  #playedOutAtMs = -Infinity;
  /** Instant at which the client paused; undefined while it plays. */
  #pausedAtMs: number | undefined;

  /** @param options.lagMs how far the ear is behind what was sent, as the items before have shown. */
  constructor(options: { readonly lagMs: number } = { lagMs: 0 }) {
    this.#lagMs = options.lagMs;
  }

  /** By how much the client's word of what it played comes later than playing at once would have it. */
  get lagMs(): number {
    return this.#lagMs;
  }

  /** Sound sent so far. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** The following sound speaks `text`. */
  beginClause(text: string): void {
    this.endClause();
    this.#clauses.push({ text, startMs: this.#sentMs, endMs: this.#sentMs, isWhole: false });
  }

  /** All sound of the clause has been sent. */
  endClause(): void {
    const clause = this.#clauses.at(-1);
    if (clause) clause.isWhole = true;
  }

  /** Sound of `durationMs` leaves at `nowMs`. */
  send(durationMs: number, nowMs: number): void {
    this.#playedOutAtMs = Math.max(this.#playedOutAtMs, nowMs) + durationMs;
    this.#sentMs += durationMs;
    const clause = this.#clauses.at(-1);
    if (clause) clause.endMs = this.#sentMs;
  }

  /** The client pauses; what it has waits for `resume`. */
  pause(nowMs: number): void {
    this.#pausedAtMs ??= nowMs;
  }

  /** The client plays on where it paused. */
  resume(nowMs: number): void {
    if (this.#pausedAtMs === undefined) return;
    if (this.#playedOutAtMs > this.#pausedAtMs) this.#playedOutAtMs += nowMs - this.#pausedAtMs;
    this.#pausedAtMs = undefined;
  }

  /** The client has played the first `playedMs`. Word of less than it said before changes nothing. */
  confirm(playedMs: number, nowMs: number): void {
    const reachedMs = Math.min(playedMs, this.#sentMs);
    if (reachedMs <= this.#confirmedMs) return;
    this.#confirmedMs = reachedMs;
    // Word that comes in a pause says nothing of the way.
    if (this.#pausedAtMs !== undefined) return;
    const playedAtMs = this.#playedOutAtMs - (this.#sentMs - reachedMs);
    this.#lagMs = Math.max(0, nowMs - playedAtMs);
  }

  /** Sound that has left ahead of a client that plays at once: what paces the sending. */
  aheadMs(nowMs: number): number {
    return this.#aheadAt(this.#playingAt(nowMs));
  }

  /** Sound the caller has heard. */
  heardMs(nowMs: number): number {
    return Math.max(this.#confirmedMs, this.#sentMs - this.#aheadAt(this.#playingAt(nowMs - this.#lagMs)));
  }

  /** Sound that has left and that the caller has yet to hear. */
  unheardMs(nowMs: number): number {
    return this.#unconfirmed(this.#playingAt(nowMs - this.#lagMs));
  }

  /**
   * Sound that has left and will not have been played where a client stops that is told so now. One part of its lag is the way,
   * on which the word to stop needs as long as the sound did; the other is playing later than it could. Half is taken for each,
   * and a little more, since what comes twice after a pause is noticed less than what is missing.
   */
  unplayedMs(nowMs: number): number {
    return this.#unconfirmed(this.#playingAt(nowMs) - this.#lagMs / 2 - unevenMs);
  }

  /** The words of the first `heardMs` of the item; a word counts once it has been played to its middle. */
  textHeard(heardMs: number): string {
    const letterMs = this.#letterMs();
    const heard: string[] = [];
    for (const clause of this.#clauses) {
      if (clause.startMs >= heardMs) break;
      const sentMs = clause.endMs - clause.startMs;
      if (sentMs === 0) continue;
      const clauseMs = clause.isWhole ? sentMs : Math.max(sentMs, letterMs * lettersOf(clause.text));
      heard.push(partOf(clause.text, (heardMs - clause.startMs) / clauseMs));
    }
    return heard.filter((text) => text !== '').join(' ');
  }

  #unconfirmed(playingAtMs: number): number {
    return Math.min(this.#sentMs - this.#confirmedMs, this.#aheadAt(playingAtMs));
  }

  #aheadAt(ms: number): number {
    return Math.max(0, this.#playedOutAtMs - ms);
  }

  /** The instant, or the one at which the client paused. */
  #playingAt(nowMs: number): number {
    return Math.min(nowMs, this.#pausedAtMs ?? nowMs);
  }

  /** Measured on the clauses that were sent whole. */
  #letterMs(): number {
    const whole = this.#clauses.filter((clause) => clause.isWhole && clause.endMs > clause.startMs);
    const letters = whole.reduce((sum, clause) => sum + lettersOf(clause.text), 0);
    return letters === 0
      ? usualLetterMs
      : whole.reduce((sum, clause) => sum + clause.endMs - clause.startMs, 0) / letters;
  }
}

/** The words of the first `share` of a clause. */
function partOf(text: string, share: number): string {
  if (share >= 1) return text.trim();
  const words = text.trim().split(/\s+/u);
  const total = lettersOf(text);
  let passed = 0;
  const heard = words.filter((word) => {
    const middle = (passed + word.length / 2) / total;
    passed += word.length;
    return middle <= share;
  });
  return heard.join(' ');
}

function lettersOf(text: string): number {
  return text.replace(/\s+/gu, '').length;
}
