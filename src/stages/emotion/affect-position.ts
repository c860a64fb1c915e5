/**
 * Where each emotion category lies on the axes of valence, arousal and dominance.
 *
 * Positions are mean ratings from J. A. Russell and A. Mehrabian, "Evidence for a three-factor theory of emotions",
 * Journal of Research in Personality 11 (1977), moved from −1…1 to 0…1; "calm" takes the values of their term
 * "relaxed". They are norms for words, not measurements of voices: a position derived from them says what the
 * categories imply and nothing more.
 */
import { emotionCategories, type EmotionCategory } from './emotion-category.js';

/** 0…1 each: unpleasant to pleasant, calm to excited, overwhelmed to in control; neutral is 0.5. */
export interface AffectPosition {
  readonly valence: number;
  readonly arousal: number;
  readonly dominance: number;
}

const unit = (pleasure: number, arousal: number, dominance: number): AffectPosition => ({
  valence: (1 + pleasure) / 2,
  arousal: (1 + arousal) / 2,
  dominance: (1 + dominance) / 2,
});

/** Position of each category on its own. */
export const categoryPositions: Readonly<Record<EmotionCategory, AffectPosition>> = {
  neutral: unit(0, 0, 0),
  calm: unit(0.68, -0.46, 0.06),
  happy: unit(0.81, 0.51, 0.46),
  sad: unit(-0.63, -0.27, -0.33),
  angry: unit(-0.51, 0.59, 0.25),
  fearful: unit(-0.64, 0.6, -0.43),
  disgusted: unit(-0.6, 0.35, 0.11),
  surprised: unit(0.4, 0.67, -0.13),
};

/** Mean of the categories' positions, weighted by their probabilities (sum 1). */
export function expectedPosition(categories: Readonly<Record<EmotionCategory, number>>): AffectPosition {
  let valence = 0;
  let arousal = 0;
  let dominance = 0;
  for (const category of emotionCategories) {
    const position = categoryPositions[category];
    valence += categories[category] * position.valence;
    arousal += categories[category] * position.arousal;
    dominance += categories[category] * position.dominance;
  }
  return { valence, arousal, dominance };
}
