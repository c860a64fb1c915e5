/**
 * What the words of an utterance say about feeling: polarity, emotions, and which words said it.
 *
 * The contract only. An estimate describes one text by itself; weighing it against the voice is fusion's task.
 */
import type { EmotionCategory } from '../emotion/emotion-category.js';

/** A word or a phrase that moved the estimate, found by analysing the text without it. */
export interface WordEvidence {
  readonly text: string;
  /** Offset in the analysed text, in UTF-16 units. */
  readonly startChar: number;
  /** Probability of the text's highest category minus its probability without it, −1…1; positive speaks for it. */
  readonly weight: number;
  /** The categories' distribution (sum 1) of the text without it. */
  readonly categoriesWithout: Readonly<Record<EmotionCategory, number>>;
}

export interface TextSentiment {
  /** Probabilities, sum 1. */
  readonly sentiment: { readonly negative: number; readonly neutral: number; readonly positive: number };
  /**
   * The 28 GoEmotions names with their calibrated probabilities 0…1; in English several may be high at once. In Chinese
   * seven of them share one distribution and the others are 0; where polarity alone is known, all but `neutral` are 0.
   */
  readonly emotions: Readonly<Record<string, number>>;
  /** The emotions, or the polarity where it alone is known, as the voice's categories, sum 1. */
  readonly categories: Readonly<Record<EmotionCategory, number>>;
  /** 0 unpleasant … 1 pleasant. */
  readonly valence: number;
  /** 0 calm … 1 excited. */
  readonly arousal: number;
  /** 0 overwhelmed … 1 in control. */
  readonly dominance: number;
  /**
   * 0…1: probability of the highest category, lowered for words the model does not know and for categories that are
   * derived from polarity; 0 for a text without words.
   */
  readonly confidence: number;
  /** Strongest first, by the size of `weight`. */
  readonly evidence: readonly WordEvidence[];
}

export interface SentimentOptions {
  /** BCP 47; only the primary language counts (`en-GB` is `en`). */
  readonly language: string;
  readonly callId: string;
  readonly signal: AbortSignal;
  /** Instant on the clock after which the answer is useless. */
  readonly deadlineMs: number;
}

export interface SentimentStage extends AsyncDisposable {
  readonly name: string;
  /** Primary languages it understands, as `en`. */
  readonly languages: readonly string[];
  /**
   * Analyses one utterance, punctuated or as a recogniser gives it.
   * @throws LANGUAGE_UNSUPPORTED, OVERLOADED, DEADLINE_EXCEEDED, INFERENCE_FAILED or the signal's reason.
   */
  analyse(text: string, options: SentimentOptions): Promise<TextSentiment>;
}
