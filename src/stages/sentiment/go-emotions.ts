/**
 * The 28 GoEmotions labels and what each means in Attune's own terms: voice categories and valence–arousal–dominance.
 *
 * Both tables are data. Categories: the Ekman grouping of the GoEmotions paper (Demszky et al. 2020), with its joy group
 * divided by arousal into happy and calm. Valence, arousal and dominance: ratings of Russell and Mehrabian (1977, −1…1)
 * for the terms they rated, marked `rated`; the others are placed between their nearest rated terms by Attune's authors.
 */
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import { defined } from '../../core/assert.js';

export interface GoEmotion {
  readonly name: string;
  /** Shares of the voice categories, sum 1. */
  readonly categories: Readonly<Partial<Record<EmotionCategory, number>>>;
  /** −1…1. */
  readonly pleasure: number;
  readonly arousal: number;
  readonly dominance: number;
}

const label = (
  name: string,
  categories: Readonly<Partial<Record<EmotionCategory, number>>>,
  [pleasure, arousal, dominance]: readonly [number, number, number],
): GoEmotion => ({ name, categories, pleasure, arousal, dominance });

/** In the order of the model's outputs. */
export const goEmotions: readonly GoEmotion[] = [
  label('admiration', { happy: 0.8, calm: 0.2 }, [0.58, 0.32, -0.05]),
  label('amusement', { happy: 1 }, [0.7, 0.45, 0.25]),
  label('anger', { angry: 1 }, [-0.51, 0.59, 0.25]), // rated: angry
  label('annoyance', { angry: 0.9, disgusted: 0.1 }, [-0.54, 0.35, 0.08]),
  label('approval', { calm: 0.6, happy: 0.4 }, [0.45, 0.1, 0.2]),
  label('caring', { calm: 0.6, happy: 0.4 }, [0.6, 0.15, 0.15]),
  label('confusion', { surprised: 0.6, neutral: 0.4 }, [-0.3, 0.25, -0.35]),
  label('curiosity', { surprised: 0.5, neutral: 0.5 }, [0.4, 0.45, 0.1]),
  label('desire', { happy: 0.7, neutral: 0.3 }, [0.5, 0.5, 0.1]),
  label('disappointment', { sad: 0.9, angry: 0.1 }, [-0.61, -0.15, -0.29]), // rated: discouraged
  label('disapproval', { angry: 0.7, disgusted: 0.3 }, [-0.55, 0.16, -0.05]), // rated: displeased
  label('disgust', { disgusted: 1 }, [-0.6, 0.35, 0.11]), // rated: disgusted
  label('embarrassment', { sad: 0.5, fearful: 0.5 }, [-0.57, 0.01, -0.34]), // rated: shamed
  label('excitement', { happy: 0.9, surprised: 0.1 }, [0.75, 0.7, 0.35]),
  label('fear', { fearful: 1 }, [-0.64, 0.6, -0.43]), // rated: fearful
  label('gratitude', { happy: 0.9, calm: 0.1 }, [0.61, 0.1, -0.13]), // rated: thankful
  label('grief', { sad: 1 }, [-0.7, 0, -0.4]),
  label('joy', { happy: 1 }, [0.81, 0.51, 0.46]), // rated: happy
  label('love', { happy: 0.9, calm: 0.1 }, [0.82, 0.65, -0.05]), // rated: in love
  label('nervousness', { fearful: 1 }, [-0.4, 0.55, -0.35]),
  label('optimism', { happy: 0.6, calm: 0.4 }, [0.51, 0.23, 0.14]), // rated: hopeful
  label('pride', { happy: 1 }, [0.77, 0.38, 0.65]),
  label('realization', { surprised: 0.5, neutral: 0.5 }, [0.1, 0.3, 0.05]),
  label('relief', { calm: 0.8, happy: 0.2 }, [0.6, -0.3, 0.25]),
  label('remorse', { sad: 1 }, [-0.52, 0.02, -0.21]), // rated: regretful
  label('sadness', { sad: 1 }, [-0.63, -0.27, -0.33]), // rated: sad
  label('surprise', { surprised: 1 }, [0.4, 0.67, -0.13]), // rated: surprised
  label('neutral', { neutral: 1 }, [0.05, -0.1, 0]),
];

/** Gathers label probabilities into the eight categories; the result sums to 1. `probabilities` follows `goEmotions`. */
export function categoriesOf(probabilities: readonly number[]): Record<EmotionCategory, number> {
  const totals = Object.fromEntries(emotionCategories.map((category) => [category, 1e-6])) as Record<
    EmotionCategory,
    number
  >;
  for (const [index, emotion] of goEmotions.entries()) {
    const probability = defined(probabilities[index], 'label probability');
    for (const category of emotionCategories) totals[category] += probability * (emotion.categories[category] ?? 0);
  }
  const sum = emotionCategories.reduce((total, category) => total + totals[category], 0);
  for (const category of emotionCategories) totals[category] /= sum;
  return totals;
}

/** Mean of the labels' positions weighted by their probabilities, moved from −1…1 to 0…1. */
export function affectOf(probabilities: readonly number[]): { valence: number; arousal: number; dominance: number } {
  let sum = 1e-6;
  let pleasure = 0;
  let arousal = 0;
  let dominance = 0;
  for (const [index, emotion] of goEmotions.entries()) {
    const probability = defined(probabilities[index], 'label probability');
    sum += probability;
    pleasure += probability * emotion.pleasure;
    arousal += probability * emotion.arousal;
    dominance += probability * emotion.dominance;
  }
  const unit = (value: number): number => (1 + value / sum) / 2;
  return { valence: unit(pleasure), arousal: unit(arousal), dominance: unit(dominance) };
}
