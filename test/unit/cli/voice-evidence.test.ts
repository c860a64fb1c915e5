/**
 * Measurements in words: every fact once, comparisons only where there is something to compare.
 */
import t from 'tap';
import { describeVoice } from '../../../src/cli/voice-evidence.js';
import type { AcousticFacts, VoiceEmotion } from '../../../src/stages/emotion/voice-emotion.js';

const facts: AcousticFacts = {
  f0MeanHz: 211.6,
  f0RangeSemitones: 7.06,
  energyDb: -22.7,
  speakingRateSyllablesPerS: 4.55,
  voicedShare: 0.634,
  pitchVsBaselinePct: null,
  loudnessVsBaselineDb: null,
  rateVsBaselinePct: null,
};

const judgement: Omit<VoiceEmotion, 'acoustics' | 'cues'> = {
  categories: { neutral: 0.1, calm: 0, happy: 0, sad: 0, angry: 0.9, fearful: 0, disgusted: 0, surprised: 0 },
  label: 'angry',
  confidence: 0.9,
  valence: 0.3,
  arousal: 0.8,
  dominance: 0.6,
};

t.test('the judgement, then the facts', async (t) => {
  t.same(describeVoice(facts, judgement), [
    { kind: 'tone', description: 'the angry tone of voice' },
    { kind: 'pitch', description: 'mean pitch 212 Hz, range 7.1 semitones' },
    { kind: 'loudness', description: 'mean level -23 dBFS' },
    { kind: 'rate', description: '4.5 syllables per second' },
    { kind: 'voicing', description: 'voiced 63 % of the time' },
  ]);
});

t.test('comparisons with the usual voice, unless there is no difference', async (t) => {
  const compared = { ...facts, pitchVsBaselinePct: 18.2, loudnessVsBaselineDb: -5.9, rateVsBaselinePct: 0.3 };
  t.same(describeVoice(compared, judgement).slice(5), [
    { kind: 'pitch', description: 'pitch 18 % above their usual' },
    { kind: 'loudness', description: 'a voice 6 dB softer than usual' },
  ]);
});

t.test('nothing voiced, and nothing at all', async (t) => {
  t.match(describeVoice({ ...facts, f0MeanHz: null }, judgement)[1], { description: 'no pitch: nothing was voiced' });
  t.same(describeVoice(facts, { ...judgement, label: 'unknown', confidence: 0 }), [
    { kind: 'voicing', description: 'no speech loud enough to judge' },
  ]);
});
