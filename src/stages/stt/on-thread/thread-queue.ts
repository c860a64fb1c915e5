/**
 * The bounded queue in front of an engine thread: one request runs, final texts overtake partial ones.
 *
 * A waiting request that is cancelled, or whose time is up, leaves the queue; a running one is finished by the thread and
 * its answer dropped. What was waiting when the queue is disposed rejects.
 */
import type { Clock, Timer } from '../../../core/clock.js';
import { AttuneError } from '../../../core/errors.js';
import type { EngineAnswer, EngineRequest } from './engine-messages.js';

/** The thread itself, a `WorkerThread` around engine-worker. */
export interface EngineThread extends AsyncDisposable {
  call(request: EngineRequest, transfer: readonly ArrayBuffer[]): Promise<EngineAnswer>;
}

export interface ThreadQueueOptions {
  readonly thread: EngineThread;
  readonly clock: Clock;
  /** Requests that may wait; one more is refused with OVERLOADED. */
  readonly maxQueueDepth: number;
  /** Time one request may take, waiting included; then DEADLINE_EXCEEDED. */
  readonly deadlineMs: number;
}

interface Job {
  readonly request: EngineRequest;
  readonly transfer: readonly ArrayBuffer[];
  readonly isUrgent: boolean;
  readonly settle: (outcome: { readonly answer: EngineAnswer } | { readonly error: unknown }) => void;
}

export class ThreadQueue implements AsyncDisposable {
  readonly #options: ThreadQueueOptions;
  #waiting: Job[] = [];
  #busy = false;
  #disposed = false;

  constructor(options: ThreadQueueOptions) {
    this.#options = options;
  }

  /** Requests that wait now. */
  get depth(): number {
    return this.#waiting.length;
  }

  /**
   * Buffers in `transfer` are handed over. Rejects with OVERLOADED, DEADLINE_EXCEEDED, WORKER_CRASHED, the thread's typed
   * failure or the signal's reason.
   * @param options.isUrgent taken before requests that are not
   */
  ask(
    request: EngineRequest,
    options: {
      readonly signal: AbortSignal;
      readonly isUrgent: boolean;
      readonly transfer?: readonly ArrayBuffer[];
    },
  ): Promise<EngineAnswer> {
    const { signal, isUrgent, transfer = [] } = options;
    const { maxQueueDepth, deadlineMs, clock } = this.#options;
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.#disposed) return Promise.reject(stopped());
    // Forgetting is never refused: it is what makes room in the thread.
    if (this.#waiting.length >= maxQueueDepth && request.type !== 'drop') {
      return Promise.reject(new AttuneError('OVERLOADED', `${maxQueueDepth} requests wait for the recogniser already`));
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => giveUp(signal.reason);
      const giveUp = (error: unknown): void => {
        this.#waiting = this.#waiting.filter((other) => other !== job);
        job.settle({ error });
      };
      const timer: Timer = clock.after(deadlineMs, () =>
        giveUp(new AttuneError('DEADLINE_EXCEEDED', `the recogniser took longer than ${deadlineMs} ms`)),
      );
      const job: Job = {
        request,
        transfer,
        isUrgent,
        // A promise settles once: the answer of a request that was given up is dropped here.
        settle: (outcome) => {
          timer.cancel();
          signal.removeEventListener('abort', onAbort);
          if ('answer' in outcome) resolve(outcome.answer);
          else reject(outcome.error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Rejects what waits with WORKER_CRASHED and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const job of this.#waiting.splice(0)) job.settle({ error: stopped() });
    await this.#options.thread[Symbol.asyncDispose]();
  }

  #next(): void {
    if (this.#busy) return;
    const job = this.#waiting.find(({ isUrgent }) => isUrgent) ?? this.#waiting[0];
    if (!job) return;
    this.#waiting = this.#waiting.filter((other) => other !== job);
    this.#busy = true;
    void this.#run(job);
  }

  async #run(job: Job): Promise<void> {
    try {
      job.settle({ answer: await this.#options.thread.call(job.request, job.transfer) });
    } catch (error) {
      job.settle({ error });
    }
    this.#busy = false;
    this.#next();
  }
}

function stopped(): AttuneError {
  return new AttuneError('WORKER_CRASHED', 'the recogniser was stopped');
}
