/**
 * How long one answer of a language model may take, as one signal that also follows the caller's.
 *
 * Owns the first-token limit over all attempts and the pause limit within the stream. Linked to the caller's signal by
 * hand and unlinked by `end`, so that a long-lived signal keeps nothing.
 */
import type { Clock, Timer } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';

export interface PatienceOptions {
  readonly clock: Clock;
  /** From the construction to `start`. */
  readonly firstTokenTimeoutMs: number;
}

/** One for each answer. */
export class ResponsePatience {
  readonly #controller = new AbortController();
  readonly #options: PatienceOptions;
  readonly #outer: AbortSignal;
  readonly #startedAtMs: number;
  readonly #onOuterAbort = (): void => this.#controller.abort(this.#outer.reason);
  #timer: Timer;
  #started = false;
  #timedOut: AttuneError | undefined;

  /** Begins to wait for the first token. `end` must be called. */
  constructor(options: PatienceOptions, outer: AbortSignal) {
    this.#options = options;
    this.#outer = outer;
    this.#startedAtMs = options.clock.nowMs();
    outer.addEventListener('abort', this.#onOuterAbort, { once: true });
    this.#timer = this.#timeoutAfter(options.firstTokenTimeoutMs, 'sent no token');
  }

  /** Aborts with the caller's signal or when time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True once something was yielded. */
  get started(): boolean {
    return this.#started;
  }

  /** True when a limit passed, and not the caller, ended it. */
  get timedOut(): boolean {
    return this.#timedOut !== undefined && !this.#outer.aborted;
  }

  /** True when a pause of that length ends before the first-token limit. */
  leavesTimeFor(pauseMs: number): boolean {
    return this.#options.clock.nowMs() + pauseMs < this.#startedAtMs + this.#options.firstTokenTimeoutMs;
  }

  /** The first token is there. */
  start(): void {
    this.#started = true;
    this.#timer.cancel();
  }

  /** Stops the idle time-out: what the consumer takes its time for is not the server's silence. */
  pieceCame(): void {
    if (this.#started) this.#timer.cancel();
  }

  /** Begins to wait for the next piece. Before the first token nothing changes: its limit stands. */
  awaitPiece(waitMs: number): void {
    if (this.#started) this.#timer = this.#timeoutAfter(waitMs, 'sent nothing more');
  }

  /** Throws the reason of a cancelled or timed-out answer. */
  throwIfOver(): void {
    this.#outer.throwIfAborted();
    if (this.#timedOut) throw this.#timedOut;
  }

  end(): void {
    this.#timer.cancel();
    this.#outer.removeEventListener('abort', this.#onOuterAbort);
    this.#controller.abort();
  }

  #timeoutAfter(waitMs: number, what: string): Timer {
    return this.#options.clock.after(waitMs, () => {
      this.#timedOut = new AttuneError('RESPONDER_TIMEOUT', `the language model ${what} for ${waitMs} ms`);
      this.#controller.abort(this.#timedOut);
    });
  }
}
