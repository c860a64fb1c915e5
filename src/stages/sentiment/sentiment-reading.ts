/**
 * What a network is given and what its logits mean: each model has its own reading, the stage has one way to use it.
 */
import type { AffectPosition } from '../emotion/affect-position.js';
import type { EmotionCategory } from '../emotion/emotion-category.js';
import type { SentimentLogits } from './sentiment-batch-model.js';

export interface ReadSentiment extends AffectPosition {
  /** Negative, neutral and positive, sum 1. */
  readonly sentiment: { readonly negative: number; readonly neutral: number; readonly positive: number };
  /** Every GoEmotions name, 0…1; 0 for what the model cannot tell. */
  readonly emotions: Readonly<Record<string, number>>;
  /** Sum 1. */
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  /** 0…1: how much the categories say beyond the polarity they may have been derived from. */
  readonly certainty: number;
}

export interface SentimentReading {
  /** Primary languages, as `en`. */
  readonly languages: readonly string[];
  /** Padded lengths a batch may have, rising; a longer text is cut before. */
  readonly lengths: readonly number[];
  /** Token that precedes every text, or null for a network of one language. @param language one of `languages`. */
  languageTokenId(language: string): number | null;
  /** @param language one of `languages`. @param text what was analysed; its script may matter. */
  read(logits: SentimentLogits, language: string, text: string): ReadSentiment;
}
