/**
 * Plays a course of supposed feelings through the rules: what an operator would see in a call, without a call.
 */
import { expectedPosition } from '../emotion/affect-position.js';
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import type { EmotionLabel } from '../fusion/emotion-estimate.js';
import { advanceTimeline, emptyTimeline, type EmotionTrend } from '../fusion/emotion-timeline.js';
import { ResponseCourse } from './response-course.js';
import { decideResponse, type ResponseDecision } from './response-policy.js';
import type { ResponseRules } from './response-rule.js';

export interface SupposedTurn {
  readonly label: EmotionLabel;
  /** 0…1. */
  readonly confidence: number;
}

export interface RehearsedTurn extends SupposedTurn {
  readonly trend: EmotionTrend;
  readonly decision: ResponseDecision;
}

/** Every turn is answered and heard. The place in the plane of valence, arousal and dominance follows from the label. */
export function rehearse(
  rules: ResponseRules,
  turns: readonly SupposedTurn[],
  locale: string,
): readonly RehearsedTurn[] {
  const course = new ResponseCourse();
  let timeline = emptyTimeline;
  return turns.map(({ label, confidence }) => {
    const categories = sharesOf(label, confidence);
    const position = expectedPosition(categories);
    timeline = advanceTimeline(timeline, { categories, ...position, confidence, weights: { voice: 0.5, text: 0.5 } });
    const { trend } = timeline;
    course.noteTurn(label);
    const feeling = { label, confidence, trend, ...position };
    const decision = decideResponse(rules, { feeling, locale, course });
    for (const { rule } of decision.escalations) course.noteEscalated(rule);
    course.noteHeard(decision);
    return { label, confidence, trend, decision };
  });
}

/** The label with that probability, all others alike; `unknown` is all alike. */
function sharesOf(label: EmotionLabel, probability: number): Record<EmotionCategory, number> {
  const count = emotionCategories.length;
  return Object.fromEntries(
    emotionCategories.map((category) => [
      category,
      label === 'unknown' ? 1 / count : category === label ? probability : (1 - probability) / (count - 1),
    ]),
  ) as Record<EmotionCategory, number>;
}
