/**
 * The caller's running mean: weights, memory, and what it refuses to learn from.
 */
import t from 'tap';
import { extractVoiceFeatures, type VoiceFeatures } from '../../../../src/stages/emotion/voice-features.js';
import { baselineOf, unheardSpeaker, withUtterance } from '../../../../src/stages/emotion/speaker-baseline.js';
import { deterministicNoise, syntheticVowel } from '../../dsp/synthetic-voice.js';

function featuresOf(samples: Float32Array): VoiceFeatures {
  const features = extractVoiceFeatures(samples);
  if (features === null) throw new Error('the fixture must be loud enough');
  return features;
}

const low = featuresOf(syntheticVowel({ durationS: 3, startF0Hz: 100 }));
const high = featuresOf(syntheticVowel({ durationS: 3, startF0Hz: 200 }));

t.test('a caller never heard has nothing to compare with', async (t) => {
  t.equal(baselineOf(unheardSpeaker, 'f0MeanSemitones'), null);
});

t.test('one short utterance is not yet a baseline, two are, and they weigh by duration', async (t) => {
  const once = withUtterance(unheardSpeaker, low);
  t.equal(baselineOf(once, 'f0MeanSemitones'), null);
  const twice = withUtterance(once, high);
  t.ok(Math.abs(baselineOf(twice, 'f0MeanSemitones')! - 6) < 0.1, 'half way between 0 and 12 semitones');
  t.equal(once.heardS, low.frames / 100, 'the earlier baseline is untouched');
});

t.test('memory is bounded: after a minute new speech still counts', async (t) => {
  let baseline = unheardSpeaker;
  for (let index = 0; index < 30; index += 1) baseline = withUtterance(baseline, low);
  t.equal(baseline.heardS, 60);
  for (let index = 0; index < 60; index += 1) baseline = withUtterance(baseline, high);
  t.ok(baselineOf(baseline, 'f0MeanSemitones')! > 11, 'the old voice is nearly forgotten');
});

t.test('noise teaches nothing', async (t) => {
  const noise = featuresOf(deterministicNoise(32_000).map((value) => value * 0.1));
  t.equal(withUtterance(unheardSpeaker, noise), unheardSpeaker);
});
