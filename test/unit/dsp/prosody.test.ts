/**
 * Summaries of utterances whose melody, rhythm and roughness are known.
 */
import t from 'tap';
import { frameEnergyDb } from '../../../src/dsp/energy.js';
import { logMel } from '../../../src/dsp/mel.js';
import { trackPitch } from '../../../src/dsp/pitch.js';
import { summariseProsody, type Prosody } from '../../../src/dsp/prosody.js';
import { deterministicNoise, syntheticVowel } from './synthetic-voice.js';

const prosodyOf = (samples: Float32Array): Prosody =>
  summariseProsody({ samples, mel: logMel(samples), pitch: trackPitch(samples), energyDb: frameEnergyDb(samples) });

/** The same vowel `count` times, each followed by silence. */
function syllables(options: { readonly count: number; readonly vowelS: number; readonly gapS: number }): Float32Array {
  const vowel = syntheticVowel({ durationS: options.vowelS, startF0Hz: 180 });
  const stepSamples = Math.round((options.vowelS + options.gapS) * 16_000);
  const samples = deterministicNoise(options.count * stepSamples).map((value) => value * 0.0005);
  for (let index = 0; index < options.count; index += 1) samples.set(vowel, index * stepSamples);
  return samples;
}

t.test('a steady voice', async (t) => {
  const prosody = prosodyOf(syntheticVowel({ durationS: 1, startF0Hz: 200 }));
  t.ok(Math.abs(prosody.f0MeanHz - 200) < 2, `${prosody.f0MeanHz} Hz`);
  t.ok(Math.abs(prosody.f0MeanSemitones - 12) < 0.2);
  t.ok(prosody.f0RangeSemitones < 0.2);
  t.ok(prosody.voicedShare > 0.95);
  t.ok(prosody.jitterRatio < 0.01, `jitter ${prosody.jitterRatio}`);
  t.equal(prosody.pauseCount, 0);
  t.equal(prosody.durationS, 0.98);
});

t.test('an octave up in one second', async (t) => {
  const prosody = prosodyOf(syntheticVowel({ durationS: 1, startF0Hz: 120, endF0Hz: 240 }));
  t.ok(Math.abs(prosody.f0SlopeSemitonesPerS - 12) < 0.3, `${prosody.f0SlopeSemitonesPerS} semitones/s`);
  t.ok(Math.abs(prosody.f0RangeSemitones - 0.9 * 0.98 * 12) < 0.4, `${prosody.f0RangeSemitones} semitones`);
});

t.test('rate and pauses', async (t) => {
  const fast = prosodyOf(syllables({ count: 10, vowelS: 0.12, gapS: 0.08 }));
  const slow = prosodyOf(syllables({ count: 5, vowelS: 0.2, gapS: 0.4 }));
  t.ok(Math.abs(fast.syllablesPerS - 5) < 0.3, `${fast.syllablesPerS} a second`);
  t.equal(fast.pauseCount, 0);
  t.ok(Math.abs(slow.syllablesPerS - 1 / 0.6) < 0.2, `${slow.syllablesPerS} a second`);
  t.equal(slow.pauseCount, 4);
  t.ok(slow.pauseShare > 0.35 && slow.pauseShare < 0.6, `${slow.pauseShare} of the time`);
});

t.test('noise in the voice lowers the harmonics-to-noise ratio and raises shimmer', async (t) => {
  const clean = prosodyOf(syntheticVowel({ durationS: 1, startF0Hz: 150, noiseLevel: 0.001 }));
  const hoarse = prosodyOf(syntheticVowel({ durationS: 1, startF0Hz: 150, noiseLevel: 0.05 }));
  t.ok(clean.hnrDb > hoarse.hnrDb + 5, `${clean.hnrDb} and ${hoarse.hnrDb} dB`);
  t.ok(hoarse.shimmerRatio > clean.shimmerRatio + 0.01, `${clean.shimmerRatio} and ${hoarse.shimmerRatio}`);
});

t.test('loudness moves with gain, spectral shape does not', async (t) => {
  const loud = syntheticVowel({ durationS: 1, startF0Hz: 150 });
  const [full, tenth] = [prosodyOf(loud), prosodyOf(loud.map((sample) => sample / 10))];
  t.ok(Math.abs(full.energyMeanDb - tenth.energyMeanDb - 20) < 0.01);
  t.ok(Math.abs(full.slopeDbPerOctave - tenth.slopeDbPerOctave) < 0.01);
  t.ok(Math.abs(full.centroidHz - tenth.centroidHz) < 0.5);
  t.ok(full.slopeDbPerOctave < 0, 'a voice falls towards high frequencies');
});

t.test('silence and nothing have zeros, not NaN', async (t) => {
  for (const sampleCount of [0, 16_000]) {
    const prosody = prosodyOf(new Float32Array(sampleCount));
    t.ok(Object.values(prosody).every(Number.isFinite), `${sampleCount} samples`);
    t.equal(prosody.voicedShare, 0);
    t.equal(prosody.f0MeanHz, 0);
  }
});
