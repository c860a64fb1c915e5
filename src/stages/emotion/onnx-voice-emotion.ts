/**
 * Voice emotion with the network of training/emotion.
 *
 * Cuts out the speech and measures it (on the extractor's thread), looks at it through the batcher, averages the
 * looks and decides whether the result may be called by a name. Owns the rule for "unknown" and the comparison with
 * the caller's baseline; disposes the extractor and the batcher it was given.
 */
import { defined } from '../../core/assert.js';
import { featureSampleRateHz } from '../../dsp/mel.js';
import { semitonesOf } from '../../dsp/prosody.js';
import type { Batcher } from '../../inference/batcher.js';
import { expectedPosition } from './affect-position.js';
import { emotionCategories, type EmotionCategory } from './emotion-category.js';
import { emotionWindows, type EmotionWindow } from './prosody-emotion-model.js';
import { baselineOf, unheardSpeaker, withUtterance, type SpeakerBaseline } from './speaker-baseline.js';
import type { AcousticFacts, VoiceEmotion, VoiceEmotionOptions, VoiceEmotionStage } from './voice-emotion.js';
import type { VoiceFeatureExtractor } from './voice-feature-extractor.js';
import type { VoiceFeatures } from './voice-features.js';

export interface OnnxVoiceEmotionOptions {
  readonly extractor: VoiceFeatureExtractor;
  readonly batcher: Batcher<EmotionWindow, readonly number[]>;
  /** Calibrated probability below which the label is `unknown`; 0.4 by default, see models/cards/emotion-voice.md. */
  readonly leastProbability?: number;
}

const defaultLeastProbability = 0.4;
/** Less voiced speech than this is a syllable or two: no basis for a label. */
const leastVoicedS = 0.3;
const framesPerS = 100;
/** Of a long utterance the last ten seconds are judged: how it ended is what the reply answers. */
const judgedSamples = 10 * featureSampleRateHz;

export class OnnxVoiceEmotion implements VoiceEmotionStage {
  readonly name: string;
  readonly #extractor: VoiceFeatureExtractor;
  readonly #batcher: Batcher<EmotionWindow, readonly number[]>;
  readonly #leastProbability: number;

  constructor(options: OnnxVoiceEmotionOptions) {
    this.name = options.batcher.modelName;
    this.#extractor = options.extractor;
    this.#batcher = options.batcher;
    this.#leastProbability = options.leastProbability ?? defaultLeastProbability;
  }

  async estimate(
    samples: Float32Array,
    options: VoiceEmotionOptions,
  ): Promise<{ readonly emotion: VoiceEmotion; readonly baseline: SpeakerBaseline }> {
    const baseline = options.baseline ?? unheardSpeaker;
    const { signal, explain = false } = options;
    const request = { samples: samples.subarray(-judgedSamples), explainAgainst: explain ? baseline : null };
    const heard = await this.#extractor.extract(request, signal);
    if (heard === null) return { emotion: noSpeech, baseline };
    const { features, occluded } = heard;
    const [categories, ...without] = await Promise.all(
      [features, ...occluded.map((cue) => cue.features)].map((one) => this.#look(one, baseline, options)),
    );
    const cues = occluded.map(({ kind }, index) => ({
      kind,
      categoriesWithout: defined(without[index], 'a judgement without each cue'),
    }));
    const judged = this.#judge(features, baseline, defined(categories, 'a judgement'));
    return { emotion: { ...judged, cues }, baseline: withUtterance(baseline, features) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#extractor[Symbol.asyncDispose](), this.#batcher[Symbol.asyncDispose]()]);
  }

  async #look(
    features: VoiceFeatures,
    baseline: SpeakerBaseline,
    { signal, deadlineMs, callId }: VoiceEmotionOptions,
  ): Promise<Record<EmotionCategory, number>> {
    return meanProbabilities(
      await Promise.all(
        emotionWindows(features, baseline).map((window) =>
          this.#batcher.submit(window, { signal, deadlineMs, callId }),
        ),
      ),
    );
  }

  #judge(
    features: VoiceFeatures,
    baseline: SpeakerBaseline,
    categories: Record<EmotionCategory, number>,
  ): Omit<VoiceEmotion, 'cues'> {
    const best = emotionCategories.reduce((a, b) => (categories[b] > categories[a] ? b : a));
    const voicedS = (features.prosody.voicedShare * features.frames) / framesPerS;
    const known = voicedS >= leastVoicedS && categories[best] >= this.#leastProbability;
    return {
      categories,
      ...expectedPosition(categories),
      label: known ? best : 'unknown',
      confidence: categories[best],
      acoustics: acousticFacts(features, baseline),
    };
  }
}

function meanProbabilities(looks: readonly (readonly number[])[]): Record<EmotionCategory, number> {
  const entries = emotionCategories.map((category, index) => {
    const sum = looks.reduce((total, look) => total + defined(look[index], 'a probability per category'), 0);
    return [category, sum / looks.length] as const;
  });
  return Object.fromEntries(entries) as Record<EmotionCategory, number>;
}

function acousticFacts({ prosody }: VoiceFeatures, baseline: SpeakerBaseline): AcousticFacts {
  const voiced = prosody.f0MeanHz > 0;
  const usualSemitones = baselineOf(baseline, 'f0MeanSemitones');
  const usualDb = baselineOf(baseline, 'energyMeanDb');
  const usualRate = baselineOf(baseline, 'syllablesPerS');
  return {
    f0MeanHz: voiced ? prosody.f0MeanHz : null,
    f0RangeSemitones: prosody.f0RangeSemitones,
    energyDb: prosody.energyMeanDb,
    speakingRateSyllablesPerS: prosody.syllablesPerS,
    voicedShare: prosody.voicedShare,
    pitchVsBaselinePct:
      usualSemitones === null || !voiced
        ? null
        : 100 * (2 ** ((semitonesOf(prosody.f0MeanHz) - usualSemitones) / 12) - 1),
    loudnessVsBaselineDb: usualDb === null ? null : prosody.energyMeanDb - usualDb,
    rateVsBaselinePct: usualRate === null || usualRate <= 0 ? null : 100 * (prosody.syllablesPerS / usualRate - 1),
  };
}

const even = Object.fromEntries(
  emotionCategories.map((category) => [category, 1 / emotionCategories.length]),
) as Readonly<Record<EmotionCategory, number>>;

/** Nothing loud enough to be speech: every category equally likely, no label, no confidence. */
const noSpeech: VoiceEmotion = {
  categories: even,
  ...expectedPosition(even),
  label: 'unknown',
  confidence: 0,
  acoustics: {
    f0MeanHz: null,
    f0RangeSemitones: 0,
    energyDb: -100,
    speakingRateSyllablesPerS: 0,
    voicedShare: 0,
    pitchVsBaselinePct: null,
    loudnessVsBaselineDb: null,
    rateVsBaselinePct: null,
  },
  cues: [],
};
