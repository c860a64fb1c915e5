/**
 * Sound and marks that a telephone was sent and has not said it played, in order, so that they can be sent again.
 *
 * Whoever returns no marks must not fill the memory: of its sound the last `mostBytes` are kept.
 */

/** What was sent of the assistant. */
export type SentSpeech =
  /** Whole frames of the line; never empty. */
  | { readonly kind: 'sound'; readonly bytes: Uint8Array }
  /** To be returned once everything before it was played. */
  | { readonly kind: 'mark'; readonly name: string };

export class UnplayedSpeech {
  readonly #mostBytes: number;
  #sent: SentSpeech[] = [];
  #byteCount = 0;

  constructor(options: { readonly mostBytes: number }) {
    this.#mostBytes = options.mostBytes;
  }

  /** Keeps the array. */
  add(sent: SentSpeech): void {
    this.#sent.push(sent);
    this.#byteCount += byteLength(sent);
    while (this.#byteCount > this.#mostBytes) this.#byteCount -= byteLength(this.#sent.shift()!);
  }

  /** Everything before the mark was played. */
  playedTo(name: string): void {
    const at = this.#sent.findIndex((sent) => sent.kind === 'mark' && sent.name === name);
    for (const sent of this.#sent.splice(0, at + 1)) this.#byteCount -= byteLength(sent);
  }

  /**
   * Takes out the last `byteCount` of sound with the marks in and after it, and forgets the rest. Undefined, and nothing is taken,
   * when less is kept.
   */
  take(byteCount: number): readonly SentSpeech[] | undefined {
    if (byteCount > this.#byteCount) return undefined;
    const taken: SentSpeech[] = [];
    let missing = byteCount;
    for (const sent of this.#sent.toReversed()) {
      if (missing === 0) break;
      taken.unshift(sent.kind === 'sound' ? { kind: 'sound', bytes: lastOf(sent.bytes, missing) } : sent);
      missing = Math.max(0, missing - byteLength(sent));
    }
    this.clear();
    return taken;
  }

  clear(): void {
    this.#sent = [];
    this.#byteCount = 0;
  }
}

function byteLength(sent: SentSpeech): number {
  return sent.kind === 'sound' ? sent.bytes.length : 0;
}

function lastOf(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.subarray(Math.max(0, bytes.length - count));
}
