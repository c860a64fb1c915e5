/**
 * The threads of one voice engine and the bounded queue in front of them, shared by all callers.
 *
 * What is needed first is spoken first, so the beginning of one caller's reply overtakes what others synthesise ahead.
 * A waiting phrase that is cancelled leaves the queue; one being spoken is finished and dropped. A thread that does not
 * answer in time is ended; it and a thread that died are replaced when the next phrase comes.
 */
import type { Clock, Timer } from '../../core/clock.js';
import { AttuneError, toAttuneError } from '../../core/errors.js';
import type { SpokenPhrase } from './spoken-phrase.js';

/** What speaks a phrase at a time: a `WorkerThread` around the engine's worker file. Starts when it is first called. */
export interface PhraseThread extends AsyncDisposable {
  /** [sampleCount] at 16 kHz, −1…1, without silence at the ends. */
  call(phrase: SpokenPhrase): Promise<Float32Array>;
}

export interface PhrasePoolOptions {
  readonly clock: Clock;
  /** 1 by default; one flite thread speaks about thirty times faster than real time. */
  readonly threadCount?: number;
  /** Phrases that may wait; 64 by default. */
  readonly maxQueueDepth?: number;
  /** Time for one phrase, the thread's start included; 10 s by default. */
  readonly phraseTimeoutMs?: number;
  readonly startThread: () => PhraseThread;
}

interface Job {
  readonly phrase: SpokenPhrase;
  readonly neededAtMs: number;
  readonly resolve: (samples: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  thread: PhraseThread | undefined;
  job: Job | undefined;
  timer: Timer | undefined;
}

export class PhrasePool implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #maxQueueDepth: number;
  readonly #phraseTimeoutMs: number;
  readonly #startThread: () => PhraseThread;
  readonly #slots: readonly Slot[];
  readonly #ending = new Set<Promise<void>>();
  #waiting: Job[] = [];
  #disposed = false;

  constructor(options: PhrasePoolOptions) {
    this.#clock = options.clock;
    this.#maxQueueDepth = options.maxQueueDepth ?? 64;
    this.#phraseTimeoutMs = options.phraseTimeoutMs ?? 10_000;
    this.#startThread = options.startThread;
    this.#slots = Array.from({ length: options.threadCount ?? 1 }, () => ({
      thread: undefined,
      job: undefined,
      timer: undefined,
    }));
  }

  get threadCount(): number {
    return this.#slots.length;
  }

  /** Phrases that wait for a thread. */
  get queueDepth(): number {
    return this.#waiting.length;
  }

  /**
   * Speaks a phrase that must be there at `neededAtMs` of the clock. Resolves with what the thread
   * answers; rejects with OVERLOADED, SYNTHESIS_FAILED, an error of the engine's own or the signal's reason.
   */
  speak(
    phrase: SpokenPhrase,
    options: { readonly neededAtMs: number; readonly signal: AbortSignal },
  ): Promise<Float32Array> {
    const { neededAtMs, signal } = options;
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.#disposed) return Promise.reject(new AttuneError('SYNTHESIS_FAILED', 'the voice was shut down'));
    if (this.#waiting.length >= this.#maxQueueDepth) {
      return Promise.reject(new AttuneError('OVERLOADED', `${this.#waiting.length} phrases wait for the voice`));
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== job);
        reject(signal.reason as Error);
      };
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', onAbort);
          settle(value);
        };
      const job: Job = { phrase, neededAtMs, resolve: settled(resolve), reject: settled(reject) };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      this.#dispatch();
    });
  }

  /** Ends the threads; what waits or is being spoken rejects. Settles when they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const error = new AttuneError('SYNTHESIS_FAILED', 'the voice was shut down');
    for (const job of this.#waiting.splice(0)) job.reject(error);
    for (const slot of this.#slots) this.#endThread(slot, error);
    await Promise.allSettled(this.#ending);
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.job || this.#waiting.length === 0) continue;
      const job = this.#waiting.reduce((first, other) => (other.neededAtMs < first.neededAtMs ? other : first));
      this.#waiting = this.#waiting.filter((other) => other !== job);
      slot.job = job;
      slot.timer = this.#clock.after(this.#phraseTimeoutMs, () => this.#onTimeout(slot));
      slot.thread ??= this.#startThread();
      slot.thread.call(job.phrase).then(
        (samples) => this.#onSpoken(slot, job, () => job.resolve(samples)),
        (error: unknown) => this.#onSpoken(slot, job, () => job.reject(synthesisFailure(error))),
      );
    }
  }

  /** A late answer, from a thread given up, finds another job or none in its slot and is dropped. */
  #onSpoken(slot: Slot, job: Job, settle: () => void): void {
    if (slot.job !== job) return;
    this.#free(slot);
    settle();
    this.#dispatch();
  }

  #onTimeout(slot: Slot): void {
    this.#endThread(slot, new AttuneError('SYNTHESIS_FAILED', `a phrase took longer than ${this.#phraseTimeoutMs} ms`));
    this.#dispatch();
  }

  #endThread(slot: Slot, error: AttuneError): void {
    const { thread, job } = slot;
    slot.thread = undefined;
    this.#free(slot);
    if (thread) this.#await(thread[Symbol.asyncDispose]());
    job?.reject(error);
  }

  /** Remembers an ending thread until it has ended, so that disposing can wait for it. */
  #await(ended: PromiseLike<void>): void {
    const tracked: Promise<void> = Promise.resolve(ended)
      .catch(() => undefined)
      .finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
  }

  #free(slot: Slot): void {
    slot.timer?.cancel();
    slot.timer = undefined;
    slot.job = undefined;
  }
}

function synthesisFailure(cause: unknown): AttuneError {
  const error = toAttuneError(cause, 'SYNTHESIS_FAILED');
  if (error.code !== 'WORKER_CRASHED' && error.code !== 'INFERENCE_FAILED') return error;
  return new AttuneError('SYNTHESIS_FAILED', `the voice thread failed: ${error.message}`, { cause });
}
