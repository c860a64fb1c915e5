/**
 * Windows of utterances, rows of a batch and results of rows.
 */
import t from 'tap';
import {
  emotionWindowFrames,
  emotionWindows,
  prosodyEmotionModel,
} from '../../../../src/stages/emotion/prosody-emotion-model.js';
import { unheardSpeaker, type SpeakerBaseline } from '../../../../src/stages/emotion/speaker-baseline.js';
import {
  baselineWidth,
  extractVoiceFeatures,
  voiceFrameWidth,
  type VoiceFeatures,
} from '../../../../src/stages/emotion/voice-features.js';
import { syntheticVowel } from '../../dsp/synthetic-voice.js';

function voice(durationS: number): VoiceFeatures {
  const features = extractVoiceFeatures(syntheticVowel({ durationS, startF0Hz: 150 }));
  if (features === null) throw new Error('the fixture must be loud enough');
  return features;
}

t.test('windows cover an utterance from its first to its last frame', async (t) => {
  for (const { durationS, count } of [
    { durationS: 0.5, count: 1 },
    { durationS: 3, count: 1 },
    { durationS: 4, count: 2 },
    { durationS: 8, count: 3 },
    { durationS: 20, count: 3 },
  ]) {
    const features = voice(durationS);
    const windows = emotionWindows(features, unheardSpeaker);
    t.equal(windows.length, count, `${durationS} s`);
    t.ok(windows.every((window) => window.frameData.length <= emotionWindowFrames * voiceFrameWidth));
    const [first, last] = [windows[0]!, windows.at(-1)!];
    t.equal(first.frameData[0], features.frameData[0]);
    t.equal(last.frameData.at(-1), features.frameData.at(-1));
  }
});

t.test('collate pads with zeros under a zero mask and keeps rows apart', async (t) => {
  const known: SpeakerBaseline = { heardS: 9, mean: new Float32Array(baselineWidth).fill(2) };
  const [short, long] = [emotionWindows(voice(0.5), unheardSpeaker)[0]!, emotionWindows(voice(3), known)[0]!];
  const tensors = prosodyEmotionModel.collate([short, long]);
  t.equal(prosodyEmotionModel.bucketOf(short), prosodyEmotionModel.bucketOf(long));
  t.same(Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.shape])), {
    frames: [2, 300, 83],
    mask: [2, 300],
    summary: [2, 178],
    baseline: [2, 258],
    baseline_seconds: [2, 1],
  });
  const shortFrames = short.frameData.length / voiceFrameWidth;
  const mask = Array.from(tensors['mask']!.data, Number);
  t.equal(mask.slice(0, 300).filter((value) => value === 1).length, shortFrames);
  t.ok(mask.slice(0, shortFrames).every((value) => value === 1));
  t.ok(
    Array.from(tensors['frames']!.data, Number)
      .slice(short.frameData.length, 300 * 83)
      .every((value) => value === 0),
  );
  t.same(Array.from(tensors['baseline_seconds']!.data, Number), [0, 9]);
  t.same(Array.from(tensors['baseline']!.data, Number).slice(258), Array<number>(258).fill(2));
});

t.test('split gives one row of eight per request', async (t) => {
  const data = Float32Array.from({ length: 16 }, (_, index) => index);
  const rows = prosodyEmotionModel.split({ probabilities: { data, shape: [2, 8] } }, 2);
  t.same(rows, [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [8, 9, 10, 11, 12, 13, 14, 15],
  ]);
});
