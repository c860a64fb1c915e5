/**
 * What the multilingual model's logits mean in a language with emotions and in one with polarity alone.
 */
import t from 'tap';
import { MultilingualReading } from '../../../src/stages/sentiment/multilingual-reading.js';

const calibration = {
  labels: ['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise'],
  emotionLanguages: ['zh'],
  emotionTemperature: 2,
  languageTokenIds: { zh: 10, de: 3 },
  polarityTemperatures: { zh: 1, de: 4, 'de-Latn': 8 },
};
const reading = new MultilingualReading(calibration);
const sumOf = (shares: Readonly<Record<string, number>>): number =>
  Object.values(shares).reduce((total, share) => total + share, 0);

t.test('Chinese has emotions that exclude one another', async (t) => {
  t.same(reading.languages, ['zh', 'de'], 'a language in another script is no language of its own');
  t.equal(reading.languageTokenId('de'), 3);
  const { emotions, categories, sentiment, certainty } = reading.read(
    { emotions: [0, 0, 0, 2 * Math.log(3), 0, 0, 0], polarity: [0, 0, 0] },
    'zh',
    '好',
  );
  t.ok(Math.abs(emotions['joy']! - 3 / 9) < 1e-9, 'the temperature applies');
  t.equal(emotions['admiration'], 0, 'what it cannot tell is 0');
  t.ok(Math.abs(sumOf(categories) - 1) < 1e-9 && Math.abs(sumOf(sentiment) - 1) < 1e-9);
  t.equal(certainty, 1);
});

t.test('where only polarity was learnt, categories follow it and are less certain', async (t) => {
  const { categories, valence, certainty } = reading.read(
    { emotions: [9, 0, 0, 0, 0, 0, 0], polarity: [0, 0, 40] },
    'de',
    'gut',
  );
  t.ok(categories.happy > 0.7 && categories.angry < 0.01, 'the emotion logits are not listened to');
  t.ok(valence > 0.6);
  t.ok(certainty < 1);
  const unpleasant = reading.read({ emotions: [0, 0, 0, 0, 0, 0, 0], polarity: [40, 0, 0] }, 'de', 'schlecht');
  t.ok(unpleasant.valence < 0.4 && Math.abs(sumOf(unpleasant.categories) - 1) < 1e-9);
});

t.test('letters other than Latin have a temperature of their own', (t) => {
  const logits = { emotions: [0, 0, 0, 0, 0, 0, 0], polarity: [0, 0, 8] };
  const positive = (text: string): number => reading.read(logits, 'de', text).sentiment.positive;
  t.ok(Math.abs(positive('gut 👍') - Math.E / (2 + Math.E)) < 1e-9, 'Latin letters: temperature 8');
  t.ok(Math.abs(positive('गुट gut') - Math.E ** 2 / (2 + Math.E ** 2)) < 1e-9, 'others: temperature 4');
  t.end();
});

t.test('refuses a calibration that is not the model’s', async (t) => {
  const create = (broken: unknown): MultilingualReading => new MultilingualReading(broken);
  t.throws(() => create({ ...calibration, labels: ['glee'] }), { code: 'MODEL_CORRUPT' });
  t.throws(() => create({ ...calibration, polarityTemperatures: { zh: 0 } }), { code: 'MODEL_CORRUPT' });
  t.throws(
    () => create({ ...calibration, languageTokenIds: { zh: 10 } }),
    { code: 'MODEL_CORRUPT' },
    'de has no token',
  );
});
