/**
 * What a speaking style expresses, in the terms in which callers' voices are judged: the table read backwards.
 *
 * Where a style lies between calm and excited follows from pitch, range, rate and level, the four that arousal moves; pleasantness
 * from pitch range over level, as `style-table.ts` has them. The categories are those that lie near. It says what the voice was
 * asked for, not how a listener takes it. Pure.
 */
import { categoryPositions, type AffectPosition } from '../emotion/affect-position.js';
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import { expressionScores, type ExpressionScores } from '../fusion/expression-scores.js';
import type { SpeakingStyle } from './speaking-style.js';

/** Distance in the plane at which a category counts e times less; half the way from neutral to angry. */
const nearness = 0.25;

/** One score 0…1 for each of the 48 expressions. */
export function expressionsOfStyle(style: SpeakingStyle): ExpressionScores {
  const position = positionOf(style);
  return expressionScores({ ...position, categories: categoriesNear(position), emotions: null });
}

/** Inverse of the coefficients in `styleForPosition`, averaged over what each axis moves. */
function positionOf({ pitchShiftSemitones, pitchRangeScale, rateScale, gainDb }: SpeakingStyle): AffectPosition {
  const arousal = mean([
    pitchShiftSemitones / 3.5,
    Math.log2(pitchRangeScale) / 0.8,
    Math.log2(rateScale) / 0.35,
    gainDb / 4.5,
  ]);
  const valence = Math.log2(pitchRangeScale) - gainDb / 9;
  const unit = (value: number): number => Math.min(1, Math.max(0, 0.5 + value / 2));
  return { arousal: unit(arousal), valence: unit(valence), dominance: 0.5 };
}

function categoriesNear(position: AffectPosition): Record<EmotionCategory, number> {
  const weights = emotionCategories.map((category) => {
    const { arousal, valence } = categoryPositions[category];
    return Math.exp(-Math.hypot(arousal - position.arousal, valence - position.valence) / nearness);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(emotionCategories.map((category, index) => [category, weights[index]! / sum])) as Record<
    EmotionCategory,
    number
  >;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
