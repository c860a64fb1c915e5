/**
 * Voice features on a thread of their own.
 *
 * Owns the thread, the bound on what waits for it, and cancelling: a request that was sent is computed, but nobody
 * waits for it any longer. An utterance of ten seconds costs tens of milliseconds, so one thread serves many callers.
 */
import { AttuneError } from '../../core/errors.js';
import { WorkerThread } from '../../inference/worker-thread.js';
import type { ExtractionRequest, HeardVoice, VoiceFeatureExtractor } from './voice-feature-extractor.js';

const defaultMaxQueueDepth = 64;

export class WorkerVoiceFeatures implements VoiceFeatureExtractor {
  readonly #maxQueueDepth: number;
  readonly #thread = new WorkerThread<ExtractionRequest, HeardVoice | null>({
    url: new URL('./voice-features-worker.js', import.meta.url),
    name: 'voice-features',
  });
  #depth = 0;

  constructor(options: { readonly maxQueueDepth?: number } = {}) {
    this.#maxQueueDepth = options.maxQueueDepth ?? defaultMaxQueueDepth;
  }

  /** As the contract; also rejects with OVERLOADED when `maxQueueDepth` requests (64 by default) are unanswered. */
  async extract({ samples, explainAgainst }: ExtractionRequest, signal: AbortSignal): Promise<HeardVoice | null> {
    signal.throwIfAborted();
    if (this.#depth >= this.#maxQueueDepth) {
      throw new AttuneError('OVERLOADED', `${this.#depth} utterances wait for voice features`);
    }
    this.#depth += 1;
    const copy = samples.slice();
    const answer = this.#thread.call({ samples: copy, explainAgainst }, [copy.buffer]).finally(() => {
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
