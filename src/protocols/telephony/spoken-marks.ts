/**
 * Marks in the sound that a telephone returns when it has played up to them: which phrase of which item each one ends.
 *
 * After a flush every mark that was on its way comes back at once; it is not known here any more and means nothing. What is
 * sent again is marked by new names.
 */

export interface PlayedTo {
  readonly itemId: string;
  /** Milliseconds of the item's sound. */
  readonly playedMs: number;
}

/** Telephones hold seconds of sound, not hours; whoever returns no marks must not fill the memory. */
const mostOpen = 256;

export class SpokenMarks {
  readonly #open = new Map<string, PlayedTo>();
  #count = 0;
  #itemId = '';
  #sentMs = 0;
  #markedMs = 0;

  /** True when sound was sent that the telephone has not said it played. */
  get hasUnplayed(): boolean {
    return this.#open.size > 0 || this.#sentMs > this.#markedMs;
  }

  /** Sound of an item leaves. */
  send(itemId: string, durationMs: number): void {
    if (itemId !== this.#itemId) {
      this.#itemId = itemId;
      this.#sentMs = 0;
      this.#markedMs = 0;
    }
    this.#sentMs += durationMs;
  }

  /** The name of a mark after what was sent; null when there is nothing new to mark. */
  next(): string | null {
    if (this.#sentMs === this.#markedMs) return null;
    this.#markedMs = this.#sentMs;
    return this.#named({ itemId: this.#itemId, playedMs: this.#sentMs });
  }

  /** A mark after sound that is sent again, for what `open` said of the one it had. */
  again(played: PlayedTo): string {
    return this.#named(played);
  }

  /** What a mark says that has not come back; undefined for one that is not ours, or was flushed. */
  open(name: string): PlayedTo | undefined {
    return this.#open.get(name);
  }

  /** A mark came back; undefined for one that is not ours or was flushed. */
  returned(name: string): PlayedTo | undefined {
    const played = this.#open.get(name);
    this.#open.delete(name);
    return played;
  }

  /** The telephone forgets what it holds, and is to hear it again. */
  recall(): void {
    this.#open.clear();
  }

  /** The telephone forgets what it holds, for good. */
  flush(): void {
    this.#open.clear();
    this.#markedMs = this.#sentMs;
  }

  #named(played: PlayedTo): string {
    this.#count += 1;
    const name = `phrase-${this.#count}`;
    if (this.#open.size >= mostOpen) this.#open.delete(this.#open.keys().next().value ?? '');
    this.#open.set(name, played);
    return name;
  }
}
