/**
 * A rule of how to respond to a feeling: when it applies, and what the reply then does and sounds like.
 *
 * Rules are data, written by the operator (rule-file.ts reads them). All that match apply, in their order.
 */
import type { EmotionLabel } from '../fusion/emotion-estimate.js';
import type { EmotionTrend } from '../fusion/emotion-timeline.js';
import type { StyleChange } from '../tts/speaking-style.js';
import type { DialogueAct } from './dialogue-act.js';
import type { LocaleProfile } from './locale-profile.js';

/** Inclusive; an end that is null is open. */
export interface Interval {
  readonly min: number | null;
  readonly max: number | null;
}

/** All parts that are not null must hold. */
export interface RuleCondition {
  readonly feelings: readonly EmotionLabel[] | null;
  readonly trends: readonly EmotionTrend[] | null;
  /** 0…1: how strong the feeling is, as people of the locale show it. */
  readonly strength: Interval;
  /** 0…1 each. */
  readonly arousal: Interval;
  readonly valence: Interval;
  readonly dominance: Interval;
  /** Turns in a row with one of `feelings` (with the present one when it is null), this one included. */
  readonly minTurns: number;
  /** One of these was heard in one of the last `recentTurns` turns. */
  readonly afterActs: readonly DialogueAct[] | null;
  /** BCP 47 tags or their beginnings, as `ja` or `en-GB`. */
  readonly locales: readonly string[] | null;
}

/** Turns in which an act that was heard counts as recent. */
export const recentTurns = 4;

export const escalationActions = ['notify', 'transfer'] as const;

/** What the operator's people are told: that they should know (`notify`), or that they should take over (`transfer`). */
export interface Escalation {
  readonly action: (typeof escalationActions)[number];
  readonly reason: string;
}

export interface ResponseRule {
  readonly name: string;
  readonly when: RuleCondition;
  readonly acts: readonly DialogueAct[];
  readonly style: StyleChange | null;
  readonly escalation: Escalation | null;
  /** Turns for which the rule rests once its acts were heard or its escalation was told; a style has no rest. */
  readonly restTurns: number;
}

/** Everything that a file of rules says. */
export interface ResponseRules {
  readonly rules: readonly ResponseRule[];
  readonly locales: readonly LocaleProfile[];
}
