/**
 * How to sound: in answer to a person's emotion, and when a voice is asked to express one itself.
 *
 * Acoustic correlates follow K. R. Scherer and R. Banse, "Acoustic profiles in vocal emotion expression", JPSP 70 (1996);
 * P. N. Juslin and P. Laukka, "Communication of emotions in vocal expression and music performance", Psychological Bulletin
 * 129 (2003); I. R. Murray and J. L. Arnott, JASA 93 (1993), for disgust; J. Cahn (1990) for surprise; and for the plane
 * M. Schröder et al., Eurospeech 2001: arousal raises pitch, range, rate and loudness and shortens pauses. Directions are
 * theirs, sizes are ours, kept within what flite renders naturally.
 *
 * An answer does not mirror distress. Anger and fear are answered lower, slower and softer, sadness slower and softer, joy
 * is shared; the more certain and the more aroused, the further. Everything here is pure.
 */
import type { AffectPosition } from '../emotion/affect-position.js';
import type { EmotionCategory } from '../emotion/emotion-category.js';
import type { ReplyIntent } from '../llm/responder.js';
import type { SpeakingStyle, StyleChange } from './speaking-style.js';

/** What an answer's style depends on: the part of an `EmotionEstimate` or `EmotionContext` that the voice needs. */
export interface PerceivedEmotion {
  /** An emotion category or `unknown`. */
  readonly label: string;
  /** 0…1 each. */
  readonly arousal: number;
  readonly valence: number;
  readonly confidence: number;
}

/** Speaks as the voice is. */
export const neutralStyle: SpeakingStyle = {
  name: 'neutral',
  pitchShiftSemitones: 0,
  pitchRangeScale: 1,
  rateScale: 1,
  gainDb: 0,
  pauseScale: 1,
};

const style = (
  name: string,
  ...[pitch, range, rate, gainDb, pause]: readonly [number, number, number, number, number]
): SpeakingStyle => ({
  name,
  pitchShiftSemitones: pitch,
  pitchRangeScale: range,
  rateScale: rate,
  gainDb,
  pauseScale: pause,
});

/** The answer to each emotion at full certainty and arousal 0.5: pitch st, range ×, rate ×, gain dB, pauses ×. */
export const answerStyles: Readonly<Record<EmotionCategory, SpeakingStyle>> = {
  neutral: neutralStyle,
  calm: style('relaxed', -0.5, 0.95, 0.97, -0.5, 1.1),
  happy: style('bright', 1, 1.25, 1.04, 1, 0.9),
  sad: style('gentle', -1, 0.85, 0.87, -2.5, 1.4),
  angry: style('calming', -1.6, 0.75, 0.89, -2.5, 1.3),
  fearful: style('reassuring', -1.2, 0.8, 0.88, -1.5, 1.35),
  disgusted: style('matter-of-fact', -0.8, 0.85, 0.94, -1, 1.15),
  surprised: style('explaining', -0.3, 1.05, 0.94, 0, 1.15),
};

/** What a reply's intent adds to the answer. */
export const intentStyles: Readonly<Record<ReplyIntent, SpeakingStyle>> = {
  inform: style('inform', 0, 1, 1, 0, 1),
  greet: style('greet', 0.8, 1.15, 1, 0.5, 1),
  acknowledge: style('acknowledge', 0, 0.95, 1.03, -0.5, 0.85),
  apologise: style('apologise', -0.8, 0.85, 0.94, -1, 1.2),
  reassure: style('reassure', -0.6, 0.9, 0.94, -0.5, 1.15),
  'good-news': style('good-news', 1.2, 1.3, 1.04, 1, 0.9),
  question: style('question', 0.5, 1.15, 0.98, 0, 1),
  farewell: style('farewell', 0.4, 1.05, 0.97, 0, 1.05),
};

/** How each emotion sounds when the voice itself expresses it. */
export const expressedStyles: Readonly<Record<EmotionCategory, SpeakingStyle>> = {
  neutral: neutralStyle,
  calm: style('calm', -1, 0.8, 0.88, -2.5, 1.35),
  happy: style('happy', 3.5, 1.9, 1.1, 3, 0.8),
  sad: style('sad', -2, 0.55, 0.78, -5, 1.8),
  angry: style('angry', 5, 2, 1.12, 6, 0.65),
  fearful: style('fearful', 3.5, 0.8, 1.25, -1, 0.75),
  disgusted: style('disgusted', -2.5, 1.15, 0.82, -1, 1.3),
  surprised: style('surprised', 5, 2, 1.06, 2.5, 0.9),
};

/** Answers to these are kept down: raised parts of an intent (a cheerful greeting) are damped. */
const distressed: ReadonlySet<string> = new Set(['sad', 'angry', 'fearful', 'disgusted']);
const cheerDamping = 0.8;

/**
 * The style of a reply. Null or `unknown` emotions leave the intent alone. Monotone: with more confidence or, for
 * distress, more arousal, the style moves further from neutral and never back.
 */
export function styleFor({
  estimate,
  intent,
  answerStrength = 1,
}: {
  readonly estimate: PerceivedEmotion | null;
  readonly intent: ReplyIntent;
  /** 0…1.5: how far the voice goes along with the feeling; custom differs from place to place. */
  readonly answerStrength?: number;
}): SpeakingStyle {
  const answer =
    estimate && Object.hasOwn(answerStyles, estimate.label)
      ? answerStyles[estimate.label as EmotionCategory]
      : neutralStyle;
  const added = intentStyles[intent];
  const weight = estimate ? answerStrength * unit(estimate.confidence) * (0.75 + 0.5 * unit(estimate.arousal)) : 0;
  const damping = estimate && distressed.has(estimate.label) ? 1 - cheerDamping * unit(estimate.confidence) : 1;
  const name = [answer, added]
    .filter((part) => part !== neutralStyle && part !== intentStyles.inform)
    .map((part) => part.name);
  const sum = (part: 'pitchShiftSemitones' | 'gainDb'): number => weight * answer[part] + damped(added[part], damping);
  const product = (part: 'pitchRangeScale' | 'rateScale'): number =>
    answer[part] ** weight * Math.exp(damped(Math.log(added[part]), damping));
  return bounded({
    name: name.length === 0 ? 'neutral' : name.join('-'),
    pitchShiftSemitones: sum('pitchShiftSemitones'),
    pitchRangeScale: product('pitchRangeScale'),
    rateScale: product('rateScale'),
    gainDb: sum('gainDb'),
    pauseScale: answer.pauseScale ** weight * Math.exp(-damped(-Math.log(added.pauseScale), damping)),
  });
}

/** The style with a change on top, within the bounds of a style. */
export function changedStyle(style: SpeakingStyle, change: StyleChange): SpeakingStyle {
  return bounded({
    name: style.name,
    pitchShiftSemitones: style.pitchShiftSemitones + change.pitchShiftSemitones,
    pitchRangeScale: style.pitchRangeScale * change.pitchRangeScale,
    rateScale: style.rateScale * change.rateScale,
    gainDb: style.gainDb + change.gainDb,
    pauseScale: style.pauseScale * change.pauseScale,
  });
}

/**
 * The style in which a voice expresses an emotion: a category by name, or a point of the plane (0…1 each, 0.5 neutral).
 * Undefined for a name that is no category.
 */
export function styleForEmotion(emotion: AffectPosition): SpeakingStyle;
export function styleForEmotion(emotion: string): SpeakingStyle | undefined;
export function styleForEmotion(emotion: string | AffectPosition): SpeakingStyle | undefined {
  if (typeof emotion !== 'string') return styleForPosition(emotion);
  return Object.hasOwn(expressedStyles, emotion) ? expressedStyles[emotion as EmotionCategory] : undefined;
}

/** Linear in each axis for pitch and gain, exponential for the factors; signs by Schröder et al. 2001. */
function styleForPosition(position: AffectPosition): SpeakingStyle {
  const [arousal, valence, dominance] = [position.arousal, position.valence, position.dominance].map(
    (value) => 2 * unit(value) - 1,
  ) as [number, number, number];
  return bounded({
    name: `valence-${position.valence.toFixed(2)}-arousal-${position.arousal.toFixed(2)}-dominance-${position.dominance.toFixed(2)}`,
    pitchShiftSemitones: 3.5 * arousal + 0.8 * valence - 1.2 * dominance,
    pitchRangeScale: 2 ** (0.8 * arousal + 0.3 * valence),
    rateScale: 2 ** (0.35 * arousal + 0.05 * valence),
    gainDb: 4.5 * arousal + 1.2 * dominance,
    pauseScale: 2 ** (-0.7 * arousal - 0.15 * valence),
  });
}

function damped(value: number, damping: number): number {
  return value > 0 ? value * damping : value;
}

function unit(value: number): number {
  return clamp(value, 0, 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Keeps a style within the ranges of `SpeakingStyle`. */
function bounded(wanted: SpeakingStyle): SpeakingStyle {
  return {
    name: wanted.name,
    pitchShiftSemitones: clamp(wanted.pitchShiftSemitones, -6, 6),
    pitchRangeScale: clamp(wanted.pitchRangeScale, 0.3, 2),
    rateScale: clamp(wanted.rateScale, 0.6, 1.5),
    gainDb: clamp(wanted.gainDb, -9, 6),
    pauseScale: clamp(wanted.pauseScale, 0.5, 2.5),
  };
}
