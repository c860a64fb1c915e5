/**
 * The 48 expressions: all there under their names, monotone, honest about what is alike.
 */
import t from 'tap';
import { emotionCategories, type EmotionCategory } from '../../../src/stages/emotion/emotion-category.js';
import {
  alikeExpressions,
  expressionPieces,
  expressions,
  expressionScores,
  type ExpressionInput,
} from '../../../src/stages/fusion/expression-scores.js';
import { goEmotions } from '../../../src/stages/sentiment/go-emotions.js';

/** Park and Miller's minimal standard generator. */
let state = 7;
const chance = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

function drawn(): ExpressionInput {
  const shares = emotionCategories.map(() => chance());
  const sum = shares.reduce((a, b) => a + b, 0);
  return {
    categories: Object.fromEntries(
      emotionCategories.map((category, index) => [category, shares[index]! / sum]),
    ) as Record<EmotionCategory, number>,
    emotions: Object.fromEntries(goEmotions.map(({ name }) => [name, chance()])),
    arousal: chance(),
    valence: chance(),
    dominance: chance(),
  };
}

const names =
  'Admiration · Adoration · Aesthetic Appreciation · Amusement · Anger · Anxiety · Awe · Awkwardness · Boredom · Calmness · Concentration · Confusion · Contemplation · Contempt · Contentment · Craving · Desire · Determination · Disappointment · Disgust · Distress · Doubt · Ecstasy · Embarrassment · Empathic Pain · Entrancement · Envy · Excitement · Fear · Guilt · Horror · Interest · Joy · Love · Nostalgia · Pain · Pride · Realization · Relief · Romance · Sadness · Satisfaction · Shame · Surprise (negative) · Surprise (positive) · Sympathy · Tiredness · Triumph';

t.test('there are 48, under the names that clients know', async (t) => {
  t.same(expressions, names.split(' · '));
  const known = new Set<string>([...goEmotions.map(({ name }) => name), ...emotionCategories]);
  for (const { name } of Object.values(expressionPieces).flat()) t.ok(known.has(name), name);
});

t.test('scores stay within 0 and 1 and never fall when what they are read from rises', async (t) => {
  for (let round = 0; round < 200; round += 1) {
    const input = drawn();
    const before = expressionScores(input);
    for (const value of Object.values(before)) if (!(value >= 0 && value <= 1)) t.fail(`${value}`);
    const raised = goEmotions[Math.floor(chance() * goEmotions.length)]!.name;
    const after = expressionScores({ ...input, emotions: { ...input.emotions, [raised]: 1 } });
    for (const expression of expressions)
      if (after[expression] < before[expression]) t.fail(`${expression} fell as ${raised} rose`);
    const category = emotionCategories[Math.floor(chance() * emotionCategories.length)]!;
    const louder = expressionScores({ ...input, categories: { ...input.categories, [category]: 1 } });
    for (const expression of expressions)
      if (louder[expression] < before[expression]) t.fail(`${expression} fell as ${category} rose`);
  }
});

t.test('a label of the same name is passed on as it is', async (t) => {
  const quiet = Object.fromEntries(emotionCategories.map((name) => [name, 0])) as Record<EmotionCategory, number>;
  for (const name of ['admiration', 'amusement', 'confusion', 'love', 'pride', 'relief', 'sadness', 'fear']) {
    const input = { categories: quiet, emotions: { [name]: 0.37 }, arousal: 0.5, valence: 0.5, dominance: 0.5 };
    const expression = expressions.find((one) => one.toLowerCase() === name)!;
    t.equal(expressionScores(input)[expression], 0.37, name);
  }
});

t.test('without words the voice still says something, and an unpleasant surprise is not a pleasant one', async (t) => {
  const categories = { ...drawn().categories, surprised: 0.8 };
  const scores = expressionScores({ categories, emotions: null, arousal: 0.7, valence: 0.2, dominance: 0.5 });
  t.ok(scores['Surprise (negative)'] > 2 * scores['Surprise (positive)']);
  t.equal(scores.Romance, 0);
});

t.test('expressions that are alike are named once', async (t) => {
  const grouped = alikeExpressions.flat();
  t.equal(new Set(grouped).size, grouped.length);
});
