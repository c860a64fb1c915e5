/**
 * Sentences to tensors and back, and the tables that give the labels their meaning.
 */
import t from 'tap';
import { emotionCategories } from '../../../src/stages/emotion/emotion-category.js';
import { affectOf, categoriesOf, goEmotions } from '../../../src/stages/sentiment/go-emotions.js';
import { paddedLengthOf, sentimentBatchModel } from '../../../src/stages/sentiment/sentiment-batch-model.js';
import {
  emotionProbabilities,
  parseSentimentCalibration,
  polarityProbabilities,
} from '../../../src/stages/sentiment/sentiment-calibration.js';

for (const [tokens, length] of [
  [1, 16],
  [16, 16],
  [17, 32],
  [33, 64],
  [64, 64],
  [90, 64],
] as const) {
  t.equal(paddedLengthOf(tokens, [16, 32, 64]), length, `${String(tokens)} tokens are padded to ${String(length)}`);
}

t.test('collates rows with padding and mask', (t) => {
  const inputs = sentimentBatchModel.collate([
    { tokenIds: [5, 6], paddedLength: 16 },
    { tokenIds: [7], paddedLength: 16 },
  ]);
  t.strictSame(inputs['input_ids']?.shape, [2, 16]);
  t.strictSame(Array.from(inputs['input_ids']?.data ?? [], Number).slice(0, 3), [5, 6, 0]);
  t.strictSame(Array.from(inputs['mask']?.data ?? [], Number).slice(15, 18), [0, 1, 0]);
  t.throws(() => sentimentBatchModel.collate([{ tokenIds: [], paddedLength: 16 }]), { code: 'INVARIANT_BROKEN' });
  t.end();
});

t.test('splits rows and returns fewer when the model did', (t) => {
  const outputs = {
    emotion_logits: { data: Float32Array.from({ length: 56 }, (_, index) => index), shape: [2, 28] },
    polarity_logits: { data: Float32Array.from([1, 2, 3, 4, 5, 6]), shape: [2, 3] },
  };
  const rows = sentimentBatchModel.split(outputs, 2);
  t.equal(rows[1]?.emotions[0], 28);
  t.strictSame(rows[1]?.polarity, [4, 5, 6]);
  t.equal(sentimentBatchModel.split(outputs, 3).length, 2);
  t.end();
});

t.test('the label tables are complete', (t) => {
  t.equal(new Set(goEmotions.map(({ name }) => name)).size, 28);
  for (const { name, categories, pleasure, arousal, dominance } of goEmotions) {
    const sum = emotionCategories.reduce((total, category) => total + (categories[category] ?? 0), 0);
    t.ok(Math.abs(sum - 1) < 1e-9, `${name}: shares sum to 1`);
    t.ok(
      [pleasure, arousal, dominance].every((value) => value >= -1 && value <= 1),
      `${name}: −1…1`,
    );
  }
  t.end();
});

const only = (name: string): number[] => goEmotions.map((emotion) => (emotion.name === name ? 0.9 : 0.01));

for (const [name, category] of [
  ['joy', 'happy'],
  ['annoyance', 'angry'],
  ['nervousness', 'fearful'],
  ['grief', 'sad'],
  ['relief', 'calm'],
  ['surprise', 'surprised'],
  ['disgust', 'disgusted'],
  ['neutral', 'neutral'],
] as const) {
  const categories = categoriesOf(only(name));
  t.ok(
    emotionCategories.every((other) => other === category || categories[other] < categories[category]),
    `${name} is mostly ${category}`,
  );
}

t.test('affect follows the labels', (t) => {
  t.ok(
    affectOf(only('anger')).valence < 0.4 &&
      affectOf(only('anger')).arousal > 0.6 &&
      affectOf(only('anger')).dominance > 0.5,
  );
  t.ok(
    affectOf(only('sadness')).arousal < 0.5 &&
      affectOf(only('fear')).dominance < 0.4 &&
      affectOf(only('joy')).valence > 0.7,
  );
  const nothing = affectOf(goEmotions.map(() => 0));
  t.match(nothing, { valence: 0.5, arousal: 0.5, dominance: 0.5 });
  t.end();
});

t.test('calibration applies slope, offset and temperature', (t) => {
  const calibration = parseSentimentCalibration({
    language: 'en',
    labels: goEmotions.map(({ name }) => name),
    slopes: goEmotions.map(() => 2),
    offsets: goEmotions.map(() => -1),
    thresholds: goEmotions.map(() => 0.3),
    polarityTemperature: 2,
  });
  t.equal(emotionProbabilities([0.5], calibration)[0], 0.5);
  const { negative, neutral, positive } = polarityProbabilities([0, 0, 2 * Math.log(2)], 2);
  t.ok(Math.abs(positive - 0.5) < 1e-9 && Math.abs(negative - 0.25) < 1e-9 && Math.abs(neutral - 0.25) < 1e-9);
  t.end();
});
