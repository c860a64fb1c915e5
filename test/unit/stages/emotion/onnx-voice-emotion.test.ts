/**
 * The stage around the network: averaging looks, naming or refusing to name, and comparing with the caller's baseline.
 */
import t from 'tap';
import type { Batcher } from '../../../../src/inference/batcher.js';
import { OnnxVoiceEmotion } from '../../../../src/stages/emotion/onnx-voice-emotion.js';
import { occludedCues } from '../../../../src/stages/emotion/cue-occlusion.js';
import { emotionCategories } from '../../../../src/stages/emotion/emotion-category.js';
import type { EmotionWindow } from '../../../../src/stages/emotion/prosody-emotion-model.js';
import type { VoiceFeatureExtractor } from '../../../../src/stages/emotion/voice-feature-extractor.js';
import { extractVoiceFeatures } from '../../../../src/stages/emotion/voice-features.js';
import { syntheticVowel } from '../../dsp/synthetic-voice.js';

const inlineExtractor = (): VoiceFeatureExtractor => ({
  extract: async ({ samples, explainAgainst }) => {
    const features = extractVoiceFeatures(samples);
    if (features === null) return null;
    return { features, occluded: explainAgainst === null ? [] : occludedCues(features, explainAgainst) };
  },
  [Symbol.asyncDispose]: async () => {},
});

/** Answers each look with the next scripted row and remembers what it was asked. */
class ScriptedBatcher implements Batcher<EmotionWindow, readonly number[]> {
  readonly modelName = 'scripted';
  readonly asked: EmotionWindow[] = [];
  readonly callIds: string[] = [];
  disposed = false;
  readonly #rows: (readonly number[])[];

  constructor(rows: readonly (readonly number[])[]) {
    this.#rows = [...rows];
  }

  async submit(request: EmotionWindow, options: { readonly callId: string }): Promise<readonly number[]> {
    this.asked.push(request);
    this.callIds.push(options.callId);
    const row = this.#rows.shift();
    if (row === undefined) throw new Error('asked more often than scripted');
    return row;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
  }
}

const angry = [0.05, 0.05, 0.1, 0, 0.7, 0, 0.05, 0.05];
const unsure = [0.2, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1];
const options = { baseline: null, signal: new AbortController().signal, deadlineMs: 1000, callId: 'call-1' };

t.test('a clear estimate is named', async (t) => {
  const batcher = new ScriptedBatcher([angry]);
  const stage = new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher });
  const { emotion, baseline } = await stage.estimate(syntheticVowel({ durationS: 2, startF0Hz: 200 }), options);
  t.equal(emotion.label, 'angry');
  t.equal(emotion.confidence, 0.7);
  t.ok(emotion.arousal > 0.6 && emotion.valence < 0.45);
  t.ok(Math.abs(emotion.acoustics.f0MeanHz! - 200) < 3);
  t.equal(emotion.acoustics.pitchVsBaselinePct, null);
  t.ok(Math.abs(baseline.heardS - 1.98) < 0.02);
  t.same(batcher.callIds, ['call-1']);
  t.equal(batcher.asked[0]?.baseline.heardS, 0);
});

t.test('an unclear estimate, a syllable and silence are unknown', async (t) => {
  const unclear = new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher: new ScriptedBatcher([unsure]) });
  t.match((await unclear.estimate(syntheticVowel({ durationS: 2, startF0Hz: 200 }), options)).emotion, {
    label: 'unknown',
    confidence: 0.2,
  });

  const syllable = new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher: new ScriptedBatcher([angry]) });
  t.match((await syllable.estimate(syntheticVowel({ durationS: 0.2, startF0Hz: 200 }), options)).emotion, {
    label: 'unknown',
    confidence: 0.7,
  });

  const silent = new ScriptedBatcher([]);
  const { emotion, baseline } = await new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher: silent }).estimate(
    new Float32Array(16_000),
    options,
  );
  t.match(emotion, { label: 'unknown', confidence: 0, acoustics: { f0MeanHz: null } });
  t.ok(Math.abs(emotionCategories.reduce((sum, category) => sum + emotion.categories[category], 0) - 1) < 1e-12);
  t.equal(baseline.heardS, 0);
  t.equal(silent.asked.length, 0, 'the network is not asked about silence');
});

t.test('a long utterance is the mean of its looks', async (t) => {
  const batcher = new ScriptedBatcher([angry, unsure]);
  const stage = new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher });
  const { emotion } = await stage.estimate(syntheticVowel({ durationS: 5, startF0Hz: 200 }), options);
  t.ok(Math.abs(emotion.categories.angry - 0.45) < 1e-12);
  t.equal(emotion.label, 'angry');
});

t.test('a known caller is compared with the utterances before', async (t) => {
  const batcher = new ScriptedBatcher([unsure, unsure, angry]);
  const stage = new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher });
  const usual = syntheticVowel({ durationS: 3, startF0Hz: 150 });
  const first = await stage.estimate(usual, options);
  const second = await stage.estimate(usual, { ...options, baseline: first.baseline });
  const raised = syntheticVowel({ durationS: 2, startF0Hz: 180 }).map((sample) => 2 * sample);
  const { emotion, baseline } = await stage.estimate(raised, { ...options, baseline: second.baseline });
  t.ok(Math.abs(emotion.acoustics.pitchVsBaselinePct! - 20) < 1.5, `${emotion.acoustics.pitchVsBaselinePct} %`);
  t.ok(emotion.acoustics.loudnessVsBaselineDb! > 4, `${emotion.acoustics.loudnessVsBaselineDb} dB`);
  t.ok(baseline.heardS > second.baseline.heardS);
  t.equal(batcher.asked[2]?.baseline, second.baseline, 'the network sees the baseline before this utterance');
});

t.test('disposing disposes the batcher', async (t) => {
  const batcher = new ScriptedBatcher([]);
  await new OnnxVoiceEmotion({ extractor: inlineExtractor(), batcher })[Symbol.asyncDispose]();
  t.ok(batcher.disposed);
});
