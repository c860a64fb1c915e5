/**
 * What a voice says beside its words: the contract of the stage and its result.
 *
 * The result keeps measured facts (pitch in Hz, level in dB) apart from the model's judgement, so that an explanation
 * can name the facts. Emotion from a voice is an estimate of how somebody sounds, never knowledge of how they feel.
 */
import type { AcousticCueKind } from './cue-occlusion.js';
import type { EmotionCategory } from './emotion-category.js';
import type { SpeakerBaseline } from './speaker-baseline.js';
import type { AffectPosition } from './affect-position.js';

export type { SpeakerBaseline };

/** Measured on the utterance itself; comparisons are null until the caller's usual voice is known. */
export interface AcousticFacts {
  /** Null when nothing was voiced. */
  readonly f0MeanHz: number | null;
  /** From the 5th to the 95th percentile. */
  readonly f0RangeSemitones: number;
  /** Mean frame level, dBFS. */
  readonly energyDb: number;
  readonly speakingRateSyllablesPerS: number;
  /** 0…1. */
  readonly voicedShare: number;
  /** Mean pitch, per cent above (or below) the caller's usual. */
  readonly pitchVsBaselinePct: number | null;
  readonly loudnessVsBaselineDb: number | null;
  readonly rateVsBaselinePct: number | null;
}

/** What the judgement would be without one thing that is unusual about the voice. */
export interface VoiceCue {
  readonly kind: AcousticCueKind;
  /** Calibrated probabilities with this cue as the caller usually has it, sum 1. */
  readonly categoriesWithout: Readonly<Record<EmotionCategory, number>>;
}

/** One utterance's estimate; valence, arousal and dominance (0…1) follow from the categories' positions. */
export interface VoiceEmotion extends AffectPosition {
  /** Calibrated probabilities, sum 1. */
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  /** The most probable category; `unknown` when it is not probable enough or there was too little speech. */
  readonly label: EmotionCategory | 'unknown';
  /** Probability of the most probable category, 0…1; 0 when there was no speech to judge. */
  readonly confidence: number;
  readonly acoustics: AcousticFacts;
  /** Empty when nothing is unusual, the caller is unknown, or no reasons were asked for. */
  readonly cues: readonly VoiceCue[];
}

export interface VoiceEmotionOptions {
  /** What was returned for the caller's previous utterance; null for a caller never heard. */
  readonly baseline: SpeakerBaseline | null;
  /** Also find out what each thing unusual about the voice does to the judgement: one more row each. False by default. */
  readonly explain?: boolean;
  readonly signal: AbortSignal;
  /** Instant on the clock after which the estimate is useless. */
  readonly deadlineMs: number;
  /** For fairness between calls in the batcher. */
  readonly callId: string;
}

export interface VoiceEmotionStage extends AsyncDisposable {
  readonly name: string;
  /**
   * Judges an utterance, or its last seconds: 16 kHz mono, −1…1; the samples stay the caller's. The returned baseline
   * includes this utterance; the estimate is made against the one before it. Rejects with OVERLOADED,
   * DEADLINE_EXCEEDED, INFERENCE_FAILED or the signal's reason.
   */
  estimate(
    samples: Float32Array,
    options: VoiceEmotionOptions,
  ): Promise<{ readonly emotion: VoiceEmotion; readonly baseline: SpeakerBaseline }>;
}
