/**
 * What `--emotion` accepts: every category, three numbers, and nothing else.
 */
import t from 'tap';
import { styleFromArgument } from '../../../src/cli/emotion-argument.js';
import { emotionCategories } from '../../../src/stages/emotion/emotion-category.js';
import { styleForEmotion } from '../../../src/stages/tts/style-table.js';

t.test('a category by name, in any case', async (t) => {
  for (const name of emotionCategories) t.equal(styleFromArgument(name), styleForEmotion(name));
  t.equal(styleFromArgument(' Happy '), styleForEmotion('happy'));
});

t.test('valence, arousal and dominance in this order', async (t) => {
  t.same(styleFromArgument('0.1,0.9,0.4'), styleForEmotion({ valence: 0.1, arousal: 0.9, dominance: 0.4 }));
  t.same(styleFromArgument('0, 1, .5'), styleForEmotion({ valence: 0, arousal: 1, dominance: 0.5 }));
});

t.test('anything else is refused with the names that exist', async (t) => {
  for (const argument of [
    'joyful',
    '',
    '0.5',
    '0.5,0.5',
    '0.5,0.5,0.5,0.5',
    '2,0,0',
    '-0.1,0,0',
    'a,b,c',
    '0.5,,0.5',
    'constructor',
  ]) {
    t.throws(
      () => styleFromArgument(argument),
      { code: 'OPTION_INVALID', field: 'emotion', hint: /neutral, calm, happy.*valence/ },
      argument,
    );
  }
});
