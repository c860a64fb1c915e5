/**
 * Where voice features are extracted: the contract that keeps tens of milliseconds of arithmetic off the event loop.
 */
import type { OccludedCue } from './cue-occlusion.js';
import type { SpeakerBaseline } from './speaker-baseline.js';
import type { VoiceFeatures } from './voice-features.js';

export interface ExtractionRequest {
  /** 16 kHz mono, −1…1. */
  readonly samples: Float32Array;
  /** The caller's usual voice, to also make the utterance without each thing unusual about it; null for the features alone. */
  readonly explainAgainst: SpeakerBaseline | null;
}

export interface HeardVoice {
  readonly features: VoiceFeatures;
  /** Empty when nothing is unusual or nothing was asked for. */
  readonly occluded: readonly OccludedCue[];
}

export interface VoiceFeatureExtractor extends AsyncDisposable {
  /**
   * `extractVoiceFeatures` and `occludedCues` on another thread; the samples are copied and stay the caller's. Null when
   * nothing is loud enough. Rejects with the signal's reason once it aborts, WORKER_CRASHED when the thread dies.
   */
  extract(request: ExtractionRequest, signal: AbortSignal): Promise<HeardVoice | null>;
}
