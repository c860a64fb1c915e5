/**
 * The shipped voice emotion network: interface, batched equals single, padding and baseline.
 */
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import t from 'tap';
import type { TensorMap } from '../../src/inference/tensor.js';
import {
  emotionWindows,
  prosodyEmotionModel,
  type EmotionWindow,
} from '../../src/stages/emotion/prosody-emotion-model.js';
import { unheardSpeaker, withUtterance } from '../../src/stages/emotion/speaker-baseline.js';
import { extractVoiceFeatures, type VoiceFeatures } from '../../src/stages/emotion/voice-features.js';
import { syntheticVowel } from '../unit/dsp/synthetic-voice.js';

const modelPath = fileURLToPath(new URL('../../models/emotion-voice.onnx', import.meta.url));
const session = await InferenceSession.create(modelPath, { intraOpNumThreads: 1, logSeverityLevel: 3 });

function voice(options: Parameters<typeof syntheticVowel>[0]): VoiceFeatures {
  const features = extractVoiceFeatures(syntheticVowel(options));
  if (features === null) throw new Error('the fixture must be loud enough');
  return features;
}

async function run(inputs: TensorMap): Promise<TensorMap> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => [name, new Tensor(data as Float32Array, shape)]),
  );
  const outputs = await session.run(feeds);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [name, { data: tensor.data as Float32Array, shape: tensor.dims }]),
  );
}

const judge = async (windows: readonly EmotionWindow[]): Promise<readonly (readonly number[])[]> =>
  prosodyEmotionModel.split(await run(prosodyEmotionModel.collate(windows)), windows.length);

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));

const steady = voice({ durationS: 3, startF0Hz: 120 });
const rising = voice({ durationS: 1.2, startF0Hz: 180, endF0Hz: 320 });
const fading = voice({ durationS: 2, startF0Hz: 150, endF0Hz: 110, endLevelDb: -20 });
const heard = withUtterance(withUtterance(unheardSpeaker, steady), fading);
const windows = [
  ...emotionWindows(steady, unheardSpeaker),
  ...emotionWindows(rising, heard),
  ...emotionWindows(fading, unheardSpeaker),
  ...emotionWindows(rising, unheardSpeaker),
];

t.test('the file has the inputs and the output that the wrapper states', async (t) => {
  t.same(session.inputNames.toSorted(), ['baseline', 'baseline_seconds', 'frames', 'mask', 'summary']);
  t.same(session.outputNames, ['probabilities']);
});

t.test('batched equals single', async (t) => {
  const together = await judge(windows);
  t.equal(together.length, windows.length);
  for (const [index, window] of windows.entries()) {
    const [alone] = await judge([window]);
    const difference = largestDifference(together[index]!, alone!);
    t.ok(difference <= 1e-5, `row ${index} differs by ${difference}`);
  }
});

t.test('rows are probabilities, and depend on the voice and on what is usual for it', async (t) => {
  const rows = await judge(windows);
  for (const row of rows) {
    t.equal(row.length, 8);
    t.ok(row.every((probability) => probability >= 0 && probability <= 1));
    t.ok(Math.abs(row.reduce((sum, probability) => sum + probability, 0) - 1) < 1e-5);
  }
  t.ok(largestDifference(rows[0]!, rows[3]!) > 0.01, 'another voice');
  t.ok(largestDifference(rows[1]!, rows[3]!) > 0.01, 'the same voice, another baseline');
});
