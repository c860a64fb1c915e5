/**
 * Decides how to respond: which acts, which change of style, whether people must be told. Pure; the rules are data.
 *
 * Every rule that matches applies, in the order of the file; nothing is left to chance, so the same course always gets the
 * same answer. Whatever the rules say, a distressed person is never answered faster or louder than the voice speaks anyway.
 */
import type { EmotionLabel } from '../fusion/emotion-estimate.js';
import type { EmotionTrend } from '../fusion/emotion-timeline.js';
import type { StyleChange } from '../tts/speaking-style.js';
import type { DialogueAct } from './dialogue-act.js';
import { profileOf, strengthOf } from './locale-profile.js';
import type { ResponseCourse } from './response-course.js';
import type { Escalation, Interval, ResponseRule, ResponseRules, RuleCondition } from './response-rule.js';

/** What is known of the person in this turn. */
export interface PresentFeeling {
  readonly label: EmotionLabel;
  /** 0…1 each. */
  readonly arousal: number;
  readonly valence: number;
  readonly dominance: number;
  readonly confidence: number;
  readonly trend: EmotionTrend;
}

export interface ResponseDecision {
  /** Names of the rules that applied. */
  readonly rules: readonly string[];
  readonly acts: readonly DialogueAct[];
  /** Those of the rules that asked for the acts. */
  readonly actingRules: readonly string[];
  readonly style: StyleChange;
  /** What to tell the operator's people, each with the rule that asks for it. */
  readonly escalations: readonly (Escalation & { readonly rule: string })[];
  /** 0…1, as people of the locale show it; 0 without an estimate. */
  readonly strength: number;
  /** 0…1.5: how far the voice goes along with the feeling. */
  readonly answerStrength: number;
  /** Manners of the locale for a language model; may be empty. */
  readonly manner: string;
}

/** A reply that does more than this at once sounds like a form letter. */
const maxActs = 4;

export const noStyleChange: StyleChange = {
  pitchShiftSemitones: 0,
  pitchRangeScale: 1,
  rateScale: 1,
  gainDb: 0,
  pauseScale: 1,
};

const undecided = {
  rules: [],
  acts: [],
  actingRules: [],
  style: noStyleChange,
  escalations: [],
  strength: 0,
} as const;

const distressed: ReadonlySet<EmotionLabel> = new Set(['angry', 'sad', 'fearful', 'disgusted']);

/** `feeling` is null when emotion is off or unknown: then only the manners of the locale apply. */
export function decideResponse(
  { rules, locales }: ResponseRules,
  {
    feeling,
    locale,
    course,
  }: {
    readonly feeling: PresentFeeling | null;
    readonly locale: string;
    readonly course: ResponseCourse;
  },
): ResponseDecision {
  const profile = profileOf(locales, locale);
  const { answerStrength, manner } = profile;
  if (feeling === null) {
    return { ...undecided, answerStrength, manner };
  }
  const strength = strengthOf(feeling, profile);
  const matching = rules.filter(({ when }) => matches(when, { ...feeling, strength }, { locale, course }));
  const acting = matching.filter((rule) => rule.acts.length > 0 && !course.restsFromActing(rule));
  const telling = matching.filter((rule) => rule.escalation !== null && !course.restsFromEscalating(rule));
  const styling = matching.filter(({ style }) => style !== null);
  const applied = new Set([...acting, ...telling, ...styling]);
  return {
    rules: matching.filter((rule) => applied.has(rule)).map(({ name }) => name),
    acts: [...new Set(acting.flatMap(({ acts }) => acts))].slice(0, maxActs),
    actingRules: acting.map(({ name }) => name),
    style: distressed.has(feeling.label) ? calmed(sumOf(styling)) : sumOf(styling),
    escalations: telling.flatMap(({ name, escalation }) => (escalation === null ? [] : { ...escalation, rule: name })),
    strength,
    answerStrength,
    manner,
  };
}

function matches(
  when: RuleCondition,
  feeling: PresentFeeling & { readonly strength: number },
  { locale, course }: { readonly locale: string; readonly course: ResponseCourse },
): boolean {
  const { label, trend } = feeling;
  return (
    (when.feelings?.includes(label) ?? true) &&
    (when.trends?.includes(trend) ?? true) &&
    within(when.strength, feeling.strength) &&
    within(when.arousal, feeling.arousal) &&
    within(when.valence, feeling.valence) &&
    within(when.dominance, feeling.dominance) &&
    course.turnsIn(when.feelings ?? [label]) >= when.minTurns &&
    (when.afterActs === null || course.heardRecently(when.afterActs)) &&
    (when.locales === null || when.locales.some((tag) => isUnder(locale, tag)))
  );
}

function within({ min, max }: Interval, value: number): boolean {
  return value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

/** True when `locale` is the tag or one of its regions. */
function isUnder(locale: string, tag: string): boolean {
  const [whole, start] = [locale.toLowerCase(), tag.toLowerCase()];
  return whole === start || whole.startsWith(`${start}-`);
}

function sumOf(rules: readonly ResponseRule[]): StyleChange {
  return rules.reduce<StyleChange>(
    (sum, { style }) =>
      style === null
        ? sum
        : {
            pitchShiftSemitones: sum.pitchShiftSemitones + style.pitchShiftSemitones,
            pitchRangeScale: sum.pitchRangeScale * style.pitchRangeScale,
            rateScale: sum.rateScale * style.rateScale,
            gainDb: sum.gainDb + style.gainDb,
            pauseScale: sum.pauseScale * style.pauseScale,
          },
    noStyleChange,
  );
}

function calmed(change: StyleChange): StyleChange {
  return { ...change, rateScale: Math.min(1, change.rateScale), gainDb: Math.min(0, change.gainDb) };
}
