/**
 * How often a voice is looked at while its owner speaks.
 */
import t from 'tap';
import { ImpressionPace } from '../../../src/pipeline/impression-pace.js';

t.test('every half second of the caller’s audio, one look at a time', async (t) => {
  const pace = new ImpressionPace();
  pace.restart(1_000);
  t.notOk(pace.isDue(1_480));
  t.ok(pace.isDue(1_500));
  t.notOk(pace.isDue(2_600), 'the first look is not done');
  pace.done(20, 2_600);
  t.notOk(pace.isDue(2_890));
  t.ok(pace.isDue(2_900));
});

t.test('slow looks become rare', async (t) => {
  const pace = new ImpressionPace();
  pace.restart(0);
  t.ok(pace.isDue(500));
  pace.done(400, 900);
  t.notOk(pace.isDue(6_800));
  t.ok(pace.isDue(6_900));
});
