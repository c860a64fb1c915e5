/**
 * Which words of a reply have been heard, from the sound that was played: for captions that walk with the voice.
 *
 * The server says where a clause begins; within it, words last in proportion to their letters. A clause's length is known
 * once the next one begins or the sound ends; before that it is estimated by the pace of the clauses so far.
 */

interface Clause {
  readonly text: string;
  readonly startMs: number;
  endMs: number | null;
}

/** Usual speech of 150 words a minute at five letters each; taken until a clause was measured. */
const usualLetterMs = 80;

export class CaptionLedger {
  #clauses: Clause[] = [];
  #letterMs = usualLetterMs;

  /** The sound from `startMs` on speaks `text`. */
  beginClause(text: string, startMs: number): void {
    this.#close(startMs);
    this.#clauses.push({ text, startMs, endMs: null });
  }

  /** The item's sound is complete. */
  end(totalMs: number): void {
    this.#close(totalMs);
  }

  /** The words of which more than half has sounded after `playedMs`. */
  heardText(playedMs: number): string {
    const heard: string[] = [];
    for (const { text, startMs, endMs } of this.#clauses) {
      if (startMs >= playedMs) break;
      const durationMs = endMs === null ? this.#letterMs * letterCount(text) : endMs - startMs;
      heard.push(beginning(text, durationMs <= 0 ? 1 : (playedMs - startMs) / durationMs));
    }
    return heard.filter((text) => text !== '').join(' ');
  }

  #close(endMs: number): void {
    const clause = this.#clauses.at(-1);
    if (clause === undefined || clause.endMs !== null) return;
    clause.endMs = endMs;
    const letters = this.#clauses.reduce((sum, { text }) => sum + letterCount(text), 0);
    if (letters > 0 && endMs > 0) this.#letterMs = endMs / letters;
  }
}

function beginning(text: string, share: number): string {
  if (share >= 1) return text.trim();
  const total = letterCount(text);
  let passed = 0;
  const words = text.trim().split(/\s+/u);
  return words
    .filter((word) => {
      const middle = (passed + word.length / 2) / total;
      passed += word.length;
      return middle <= share;
    })
    .join(' ');
}

function letterCount(text: string): number {
  return text.replace(/\s+/gu, '').length;
}
