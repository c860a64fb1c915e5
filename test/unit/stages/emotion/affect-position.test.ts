/**
 * Expected position on the affect axes from category probabilities.
 */
import t from 'tap';
import { categoryPositions, expectedPosition } from '../../../../src/stages/emotion/affect-position.js';
import { emotionCategories, type EmotionCategory } from '../../../../src/stages/emotion/emotion-category.js';

function mixture(parts: Partial<Record<EmotionCategory, number>>): Record<EmotionCategory, number> {
  return Object.fromEntries(emotionCategories.map((category) => [category, parts[category] ?? 0])) as Record<
    EmotionCategory,
    number
  >;
}

t.test('one certain category is its own position', async (t) => {
  for (const category of emotionCategories)
    t.same(expectedPosition(mixture({ [category]: 1 })), categoryPositions[category]);
});

t.test('a mixture lies between', async (t) => {
  const { valence, arousal, dominance } = expectedPosition(mixture({ angry: 0.5, calm: 0.5 }));
  t.ok(Math.abs(valence - (categoryPositions.angry.valence + categoryPositions.calm.valence) / 2) < 1e-12);
  t.ok(Math.abs(arousal - (categoryPositions.angry.arousal + categoryPositions.calm.arousal) / 2) < 1e-12);
  t.ok(Math.abs(dominance - (categoryPositions.angry.dominance + categoryPositions.calm.dominance) / 2) < 1e-12);
});

t.test('the axes order the categories as people do', async (t) => {
  t.ok(categoryPositions.happy.valence > categoryPositions.neutral.valence && categoryPositions.sad.valence < 0.5);
  t.ok(categoryPositions.angry.arousal > categoryPositions.neutral.arousal && categoryPositions.calm.arousal < 0.5);
  t.ok(categoryPositions.angry.dominance > categoryPositions.fearful.dominance);
});
