/**
 * The features the network reads: layout, trimming, and nothing from silence.
 */
import t from 'tap';
import { logMel } from '../../../../src/dsp/mel.js';
import {
  baselineWidth,
  extractVoiceFeatures,
  prosodyFields,
  voiceFrameWidth,
} from '../../../../src/stages/emotion/voice-features.js';
import { syntheticVowel } from '../../dsp/synthetic-voice.js';

const vowel = syntheticVowel({ durationS: 1, startF0Hz: 200 });

t.test('silence has no features', async (t) => {
  t.equal(extractVoiceFeatures(new Float32Array(16_000)), null);
  t.equal(extractVoiceFeatures(new Float32Array(0)), null);
  t.equal(extractVoiceFeatures(vowel.map((sample) => sample * 1e-4)), null, 'nor has a voice below -60 dBFS');
});

t.test('rows hold mel, melody and voicing', async (t) => {
  const features = extractVoiceFeatures(vowel);
  t.ok(features);
  if (features === null) return;
  t.equal(features.frames, 98);
  t.equal(features.frameData.length, 98 * voiceFrameWidth);
  const row = features.frameData.subarray(50 * voiceFrameWidth, 51 * voiceFrameWidth);
  const mel = logMel(vowel).data;
  const floor = Math.fround(Math.max(...mel) - 16);
  t.same(
    Array.from(row.subarray(0, 80)),
    Array.from(mel.subarray(50 * 80, 51 * 80), (value) => Math.max(value, floor)),
  );
  t.ok(Math.abs(row[80]! - 12) < 0.1, '200 Hz is 12 semitones above 100 Hz');
  t.equal(row[81], 1);
  t.ok(row[82]! > 0.9);
  t.equal(features.summary.length, baselineWidth);
  t.ok(Math.abs(features.summary[80]! - 12) < 0.1, 'the summary starts with the mean pitch after the 80 bands');
  t.equal(features.summary[80 + prosodyFields.indexOf('voicedShare')], features.prosody.voicedShare);
});

t.test('silence around the speech changes nothing but the margins', async (t) => {
  const padded = new Float32Array(48_000);
  padded.set(vowel, 16_000);
  const [tight, loose] = [extractVoiceFeatures(vowel), extractVoiceFeatures(padded)];
  t.ok(tight && loose && loose.frames - tight.frames <= 14, `${tight?.frames} and ${loose?.frames} frames`);
  t.ok(Math.abs(tight!.prosody.f0MeanSemitones - loose!.prosody.f0MeanSemitones) < 0.3);
  t.ok(
    Math.abs(tight!.prosody.energyMeanDb - loose!.prosody.energyMeanDb) < 6,
    'margins count as background, however silent',
  );
});
