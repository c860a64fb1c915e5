/**
 * An utterance without what is unusual about it: only that thing moves, and it lands where the caller usually is.
 */
import t from 'tap';
import { melBandCount } from '../../../../src/dsp/mel.js';
import { semitonesOf } from '../../../../src/dsp/prosody.js';
import { occludedCues } from '../../../../src/stages/emotion/cue-occlusion.js';
import {
  unheardSpeaker,
  withUtterance,
  type SpeakerBaseline,
} from '../../../../src/stages/emotion/speaker-baseline.js';
import {
  extractVoiceFeatures,
  prosodyFields,
  voiceFrameWidth,
  type VoiceFeatures,
} from '../../../../src/stages/emotion/voice-features.js';
import { syntheticVowel } from '../../dsp/synthetic-voice.js';

function featuresOf(f0Hz: number, gain = 1): VoiceFeatures {
  const features = extractVoiceFeatures(
    syntheticVowel({ durationS: 2, startF0Hz: f0Hz }).map((sample) => sample * gain),
  );
  if (features === null) throw new Error('the vowel is loud enough');
  return features;
}

const usual = featuresOf(120);
const known: SpeakerBaseline = [usual, usual, usual].reduce(withUtterance, unheardSpeaker);
const field = (features: VoiceFeatures, name: (typeof prosodyFields)[number]): number =>
  features.summary[melBandCount + prosodyFields.indexOf(name)]!;

t.test('nothing is unusual about a stranger, or about the usual', async (t) => {
  t.same(occludedCues(featuresOf(200), unheardSpeaker), []);
  t.same(occludedCues(usual, known), []);
});

t.test('a high voice at its usual pitch', async (t) => {
  const high = featuresOf(180);
  const [cue, ...others] = occludedCues(high, known);
  t.same([cue?.kind, others.map(({ kind }) => kind)], ['pitch', []]);
  const { features } = cue!;
  t.ok(Math.abs(field(features, 'f0MeanSemitones') - semitonesOf(120)) < 0.3);
  t.equal(features.frames, high.frames);
  const voiced = meanPitch(features);
  t.ok(Math.abs(voiced - meanPitch(usual)) < 0.3, `mean of the frames ${voiced}`);
  t.same(bandsOf(features), bandsOf(high), 'the spectrum stays');
});

t.test('a loud voice at its usual level', async (t) => {
  const loud = featuresOf(120, 3);
  const [cue] = occludedCues(loud, known).filter(({ kind }) => kind === 'loudness');
  t.ok(cue);
  t.ok(Math.abs(field(cue!.features, 'energyMeanDb') - field(usual, 'energyMeanDb')) < 0.01);
  const shift = bandsOf(cue!.features)[0]! - bandsOf(loud)[0]!;
  t.ok(Math.abs(shift + Math.log(9)) < 0.05, `the bands move by ${shift} nepers of power`);
  t.equal(meanPitch(cue!.features), meanPitch(loud), 'the pitch stays');
});

t.test('slow speech at its usual rate gets shorter', async (t) => {
  const rates = prosodyFields.indexOf('syllablesPerS') + melBandCount;
  const fast = { ...known, mean: known.mean.map((value, index) => (index === rates ? 6 : value)) };
  const slow: VoiceFeatures = { ...usual, prosody: { ...usual.prosody, syllablesPerS: 4 } };
  const [cue] = occludedCues(slow, fast).filter(({ kind }) => kind === 'rate');
  t.equal(cue?.features.frames, Math.round((usual.frames * 4) / 6));
  t.equal(field(cue!.features, 'syllablesPerS'), 6);
});

function meanPitch({ frameData }: VoiceFeatures): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < frameData.length; row += voiceFrameWidth) {
    if (frameData[row + melBandCount + 1]! < 0.5) continue;
    sum += frameData[row + melBandCount]!;
    count += 1;
  }
  return sum / count;
}

function bandsOf({ frameData }: VoiceFeatures): Float32Array {
  return frameData.slice(0, melBandCount);
}
