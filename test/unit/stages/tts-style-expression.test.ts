/**
 * What a style expresses: 48 scores, in the direction of the style.
 */
import t from 'tap';
import { expressedStyles, neutralStyle } from '../../../src/stages/tts/style-table.js';
import { expressionsOfStyle } from '../../../src/stages/tts/style-expression.js';

t.test('every style has all scores, 0…1', async (t) => {
  for (const style of Object.values(expressedStyles)) {
    const scores = Object.values(expressionsOfStyle(style));
    t.equal(scores.length, 48, style.name);
    t.ok(scores.every((score) => score >= 0 && score <= 1));
  }
});

t.test('a happy style is joyful, a calm one calm, a sad one neither', async (t) => {
  const [happy, calm, sad] = (['happy', 'calm', 'sad'] as const).map((name) =>
    expressionsOfStyle(expressedStyles[name]),
  );
  t.ok(happy!.Joy > calm!.Joy && happy!.Joy > sad!.Joy);
  t.ok(calm!.Calmness > happy!.Calmness);
  t.ok(sad!.Sadness > happy!.Sadness);
  const neutral = expressionsOfStyle(neutralStyle);
  t.ok(neutral.Anger < 0.3 && neutral.Concentration > neutral.Anger);
});
