/**
 * Time in which no audio comes, as silence: sooner for clients that send none than for those whose silences come as audio,
 * whose missing audio is late. Time is counted once, whether its audio comes late or not at all. Pure.
 */

/** How often somebody should look. */
export const quietTickMs = 50;
/** Audio without frames for this long counts as silence; above usual network jitter. */
const quietAfterMs = 200;
/** The same for a client that sends its silences: two retransmissions of TCP, the second after twice the first's 200 ms (RFC 6298 as Linux has it). */
const lateAfterMs = 800;
/** Silence in one piece by which a client is known to send it; above the hangover of a client's own speech detector. */
const sentSilenceMs = 1_000;

export class QuietTime {
  /** Silence heard as audio in one piece; stays once it was enough to know that the client sends it. */
  #silenceRunMs = 0;
  #lastFrameAtMs: number;
  #quietSinceMs: number;
  #lookedAtMs: number;
  /** Silence that was counted by time and whose audio has not come. */
  #aheadMs = 0;

  constructor(nowMs: number) {
    this.#lastFrameAtMs = this.#quietSinceMs = this.#lookedAtMs = nowMs;
  }

  get lastFrameAtMs(): number {
    return this.#lastFrameAtMs;
  }

  noteFrame(nowMs: number): void {
    if (nowMs - this.#lastFrameAtMs >= sentSilenceMs) this.#silenceRunMs = 0;
    this.#lastFrameAtMs = this.#quietSinceMs = nowMs;
  }

  /** Milliseconds of the window that were not counted yet. */
  noteWindow(isSilence: boolean, durationMs: number): number {
    if (this.#silenceRunMs < sentSilenceMs) this.#silenceRunMs = isSilence ? this.#silenceRunMs + durationMs : 0;
    const countedMs = isSilence ? Math.min(this.#aheadMs, durationMs) : 0;
    this.#aheadMs = isSilence ? this.#aheadMs - countedMs : 0;
    return durationMs - countedMs;
  }

  /** Milliseconds of silence since the last look or frame; 0 while audio may still come, or when silence means nothing now. */
  look(nowMs: number, { counts }: { readonly counts: boolean }): number {
    // When this process itself was late, what came meanwhile is still to be read.
    const wasLate = nowMs - this.#lookedAtMs > 2 * quietTickMs;
    this.#lookedAtMs = nowMs;
    const patienceMs = this.#silenceRunMs < sentSilenceMs ? quietAfterMs : lateAfterMs;
    if (!counts || wasLate || nowMs - this.#lastFrameAtMs < patienceMs) return 0;
    const durationMs = nowMs - this.#quietSinceMs;
    this.#quietSinceMs = nowMs;
    this.#aheadMs += durationMs;
    return durationMs;
  }
}
