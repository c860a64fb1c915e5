/**
 * What fusion reads of the two sides and of the circumstances.
 *
 * Fusion declares the parts it needs; the voice and the text stage's results fit without conversion.
 */
import type { EmotionCategory } from '../emotion/emotion-category.js';
import type { VoiceEmotion } from '../emotion/voice-emotion.js';
import type { TextSentiment } from '../sentiment/sentiment.js';

export type CategoryShares = Readonly<Record<EmotionCategory, number>>;

/** Deviations from the caller's own usual voice, in per cent and decibels; null while there is no baseline. */
export type AcousticDeviation = Pick<
  VoiceEmotion['acoustics'],
  'speakingRateSyllablesPerS' | 'pitchVsBaselinePct' | 'loudnessVsBaselineDb' | 'rateVsBaselinePct'
>;

export interface FusionVoice extends Pick<
  VoiceEmotion,
  'categories' | 'arousal' | 'valence' | 'dominance' | 'label' | 'confidence' | 'cues'
> {
  readonly acoustics: AcousticDeviation;
}

export type FusionText = Pick<
  TextSentiment,
  'categories' | 'arousal' | 'valence' | 'dominance' | 'confidence' | 'evidence'
>;

export interface FusionCircumstances {
  /** The recogniser's confidence 0…1; null when the text was typed or the recogniser gives none. */
  readonly sttConfidence: number | null;
  /** Words of the transcript. */
  readonly wordCount: number;
  /** Voiced speech of the utterance. */
  readonly speechDurationMs: number;
  /** Speech above noise; null when not measured. */
  readonly snrDb: number | null;
}

export interface FusionInput {
  readonly voice: FusionVoice | null;
  readonly text: FusionText | null;
  readonly circumstances: FusionCircumstances;
}
