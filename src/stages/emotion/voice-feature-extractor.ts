/**
 * Where voice features are extracted: the contract that keeps tens of milliseconds of arithmetic off the event loop.
 */
import type { VoiceFeatures } from './voice-features.js';

export interface VoiceFeatureExtractor extends AsyncDisposable {
  /**
   * `extractVoiceFeatures` on another thread; the samples are copied and stay the caller's. Rejects with the signal's
   * reason once it aborts, WORKER_CRASHED when the thread dies.
   */
  extract(samples: Float32Array, signal: AbortSignal): Promise<VoiceFeatures | null>;
}
