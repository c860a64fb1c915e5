/**
 * What is kept of one turn: how it felt and what it was about, in a few words. Never what was said.
 */
import { z } from 'zod';
import { emotionCategories } from '../stages/emotion/emotion-category.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';
import { topicsOf } from './topics.js';

export const rememberedTurnSchema = z.strictObject({
  /** Wall time, milliseconds since the epoch. */
  atMs: z.number(),
  label: z.enum([...emotionCategories, 'unknown']),
  /** 0…1 each. */
  arousal: z.number(),
  valence: z.number(),
  dominance: z.number(),
  confidence: z.number(),
  /** At most three words of the vocabulary, of a strongly felt turn. */
  topics: z.array(z.string()),
});

export type RememberedTurn = z.infer<typeof rememberedTurnSchema>;

/** Below this confidence a turn's words are not worth keeping. */
const leastConfidenceForTopics = 0.3;

/** @param text what was said; only its topics are kept, and none of a turn that was hardly felt. */
export function rememberedTurnOf(
  estimate: EmotionEstimate,
  said: { readonly text: string; readonly language: string; readonly atMs: number },
): RememberedTurn {
  const { label, arousal, valence, dominance, confidence } = estimate;
  const felt = label !== 'unknown' && label !== 'neutral' && confidence >= leastConfidenceForTopics;
  return {
    atMs: said.atMs,
    label,
    arousal,
    valence,
    dominance,
    confidence,
    topics: felt ? [...topicsOf(said.text, said.language)] : [],
  };
}
