/**
 * The eight emotion categories every estimate is expressed in, whatever it was made from.
 *
 * The names and their order are those of RAVDESS; voice, text and fused estimates all use them, so they can be compared.
 */

export const emotionCategories = [
  'neutral',
  'calm',
  'happy',
  'sad',
  'angry',
  'fearful',
  'disgusted',
  'surprised',
] as const;

export type EmotionCategory = (typeof emotionCategories)[number];
