/**
 * Voice features on a thread of their own.
 *
 * An utterance of ten seconds costs tens of milliseconds, so one thread serves many callers.
 */
import { FeatureThread } from '../../inference/feature-thread.js';
import type { ExtractionRequest, HeardVoice, VoiceFeatureExtractor } from './voice-feature-extractor.js';

export class WorkerVoiceFeatures implements VoiceFeatureExtractor {
  readonly #thread: FeatureThread<ExtractionRequest, HeardVoice | null>;

  constructor(options: { readonly maxQueueDepth?: number } = {}) {
    const url = new URL('./voice-features-worker.js', import.meta.url);
    this.#thread = new FeatureThread({ url, name: 'voice features', ...options });
  }

  /** As the contract; also rejects with OVERLOADED when `maxQueueDepth` requests (64 by default) are unanswered. */
  async extract({ samples, explainAgainst }: ExtractionRequest, signal: AbortSignal): Promise<HeardVoice | null> {
    const copy = samples.slice();
    return this.#thread.call({ samples: copy, explainAgainst }, [copy.buffer], signal);
  }

  /** Stops the thread; what still waits rejects with WORKER_CRASHED. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
  }
}
