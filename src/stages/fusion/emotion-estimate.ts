/**
 * What Attune believes a person feels in one turn, with the reasons.
 *
 * A plain record that travels to the responder, the voice, the memory and the client. It says how far each side was
 * trusted and what the answer would have been without it, so that nobody has to take the label on faith.
 */
import type { EmotionCategory } from '../emotion/emotion-category.js';

export type EmotionLabel = EmotionCategory | 'unknown';

/**
 * `tone` is the voice network's judgement as a whole; the other voice kinds compare with the caller's own baseline.
 * `word` is a word or a phrase; `wording` is the text as a whole, given when it says one thing twice and no part is missed.
 */
export type EmotionEvidenceKind = 'tone' | 'pitch' | 'loudness' | 'rate' | 'word' | 'wording';

export interface EmotionEvidence {
  readonly modality: 'voice' | 'text';
  readonly kind: EmotionEvidenceKind;
  /** Readable, as `voice 6 dB louder than usual` or `the word “useless”`. */
  readonly description: string;
  /** Whether it raised (`toward`) or lowered (`away`) the probability of the estimate's highest category. */
  readonly direction: 'toward' | 'away';
  /** 0…1: by how much the probability of that category changes when this piece alone is taken away. */
  readonly strength: number;
}

/** What the estimate would have been. `unknown` with probability 0 when nothing is left to judge by. */
export interface CounterfactualEstimate {
  readonly label: EmotionLabel;
  readonly probability: number;
}

export interface EmotionEstimate {
  /** The highest category, or `unknown` when no category stands out. */
  readonly label: EmotionLabel;
  /** Sum 1. */
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  /** 0…1 each: calm to excited, unpleasant to pleasant, overwhelmed to in control. */
  readonly arousal: number;
  readonly valence: number;
  readonly dominance: number;
  /** 0…1: probability of the highest category, lowered by disagreement and by how little there was to judge by. */
  readonly confidence: number;
  /** How far each side was trusted, sum 1; 0 and 0 when there was neither. */
  readonly weights: { readonly voice: number; readonly text: number };
  /** Strongest first. */
  readonly evidence: readonly EmotionEvidence[];
  readonly counterfactual: {
    readonly withoutVoice: CounterfactualEstimate;
    readonly withoutText: CounterfactualEstimate;
  };
  /** One sentence that names the label and its evidence. */
  readonly explanation: string;
  /** 0 the sides agree … 1 they contradict each other (Jensen–Shannon divergence in bits); 0 when one is missing. */
  readonly disagreement: number;
}
