/**
 * Puts numbered pieces that arrive out of order back into order, waiting for a late one only so long. Pure.
 *
 * The wait is counted in pieces that came after it. A piece that comes when it is no longer waited for is dropped; a number
 * far away from the others starts the count anew, so that one wrong number cannot silence a caller.
 */

export interface OrderedChunk<T> {
  readonly chunk: T;
  /** Pieces that are missing before it. */
  readonly missingCount: number;
}

/** A hundred milliseconds of 20 ms pieces. */
const mostWaiting = 5;
const farAway = 500;

export class ChunkOrder<T> {
  readonly #waiting = new Map<number, T>();
  #next: number | undefined;

  /** The pieces that are due now, in order. */
  push(number: number, chunk: T): readonly OrderedChunk<T>[] {
    this.#next ??= number;
    if (!Number.isSafeInteger(number) || Math.abs(number - this.#next) > farAway) {
      const due = this.flush();
      this.#next = Number.isSafeInteger(number) ? number + 1 : undefined;
      return [...due, { chunk, missingCount: 0 }];
    }
    if (number < this.#next) return [];
    this.#waiting.set(number, chunk);
    const due = this.#contiguous(0);
    return this.#waiting.size > mostWaiting ? [...due, ...this.#skip()] : due;
  }

  /** Everything that waits; the stream has ended. */
  flush(): readonly OrderedChunk<T>[] {
    const due: OrderedChunk<T>[] = [];
    while (this.#waiting.size > 0) due.push(...this.#skip());
    return due;
  }

  #skip(): readonly OrderedChunk<T>[] {
    const first = Math.min(...this.#waiting.keys());
    const missingCount = first - (this.#next ?? first);
    this.#next = first;
    return this.#contiguous(missingCount);
  }

  #contiguous(missingBefore: number): readonly OrderedChunk<T>[] {
    const due: OrderedChunk<T>[] = [];
    for (let next = this.#next ?? 0; this.#waiting.has(next); next += 1) {
      due.push({ chunk: this.#waiting.get(next) as T, missingCount: due.length === 0 ? missingBefore : 0 });
      this.#waiting.delete(next);
      this.#next = next + 1;
    }
    return due;
  }
}
