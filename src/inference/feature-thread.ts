/**
 * A worker thread that computes features from samples: a bound on what waits for it, and cancelling.
 *
 * Requests that were sent are computed, but nobody waits for them once their signal aborts.
 */
import type { TransferListItem } from 'node:worker_threads';
import { AttuneError } from '../core/errors.js';
import { WorkerThread } from './worker-thread.js';

export interface FeatureThreadOptions {
  /** Module of the worker, with the ending `.js`; it answers by `answerRequests`. */
  readonly url: URL;
  readonly name: string;
  /** Unanswered requests above which the next is refused; 64 by default. */
  readonly maxQueueDepth?: number;
}

const defaultMaxQueueDepth = 64;

export class FeatureThread<Req, Res> implements AsyncDisposable {
  readonly #name: string;
  readonly #maxQueueDepth: number;
  readonly #thread: WorkerThread<Req, Res>;
  #depth = 0;

  constructor({ url, name, maxQueueDepth = defaultMaxQueueDepth }: FeatureThreadOptions) {
    this.#name = name;
    this.#maxQueueDepth = maxQueueDepth;
    this.#thread = new WorkerThread({ url, name });
  }

  /**
   * The thread's answer; buffers in `transfer` are handed over. Rejects with OVERLOADED when too many requests are
   * unanswered, WORKER_CRASHED when the thread dies, the signal's reason, and what the worker throws.
   */
  async call(request: Req, transfer: readonly TransferListItem[], signal: AbortSignal): Promise<Res> {
    signal.throwIfAborted();
    if (this.#depth >= this.#maxQueueDepth)
      throw new AttuneError('OVERLOADED', `${this.#depth} utterances wait for ${this.#name}`);
    this.#depth += 1;
    const answer = this.#thread.call(request, transfer).finally(() => {
      this.#depth -= 1;
    });
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  /** Stops the thread; what still waits rejects with WORKER_CRASHED. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
  }
}
