/**
 * How utterances become a batch of the voice emotion network and its output becomes rows.
 *
 *   in   frames            float32 [batch, 300, 83]  per 10 ms: 80 log-mel, semitones (0 unvoiced), voiced 0/1, periodicity
 *        mask              float32 [batch, 300]      1 for a frame, 0 for padding
 *        summary           float32 [batch, 178]      `prosodyFields` and `voiceFunctionals` of the whole utterance
 *        baseline          float32 [batch, 258]      the caller's usual mel bands and summary, zeros when unknown
 *        baseline_seconds  float32 [batch, 1]        seconds of speech behind the baseline, 0 when unknown
 *   out  probabilities     float32 [batch, 8]        calibrated, in the order of `emotionCategories`, sum 1
 *
 * The network normalises by itself and masks padding, so a row's result depends on that row alone.
 */
import { assert, defined } from '../../core/assert.js';
import { melBandCount } from '../../dsp/mel.js';
import type { BatchModel } from '../../inference/batcher.js';
import type { TensorMap } from '../../inference/tensor.js';
import { emotionCategories } from './emotion-category.js';
import type { SpeakerBaseline } from './speaker-baseline.js';
import { baselineWidth, summaryWidth, voiceFrameWidth, type VoiceFeatures } from './voice-features.js';

/** Frames under one look of the network: 3 s. */
export const emotionWindowFrames = 300;

/** A long utterance is looked at in this many places; more would only average more of the same voice. */
const mostWindows = 3;

/** One look: up to 300 frames of an utterance with the summary of all of it. */
export interface EmotionWindow {
  /** Row-major `[1…300, 83]`. */
  readonly frameData: Float32Array;
  /** [summaryWidth]. */
  readonly summary: Float32Array;
  readonly baseline: SpeakerBaseline;
}

/** Windows that cover an utterance evenly; one when it fits. */
export function emotionWindows(features: VoiceFeatures, baseline: SpeakerBaseline): readonly EmotionWindow[] {
  const count = Math.min(mostWindows, Math.ceil(features.frames / emotionWindowFrames));
  const lastStart = Math.max(0, features.frames - emotionWindowFrames);
  return Array.from({ length: count }, (_, index) => {
    const startFrame = count === 1 ? 0 : Math.round((index * lastStart) / (count - 1));
    const endFrame = Math.min(features.frames, startFrame + emotionWindowFrames);
    return {
      frameData: features.frameData.subarray(startFrame * voiceFrameWidth, endFrame * voiceFrameWidth),
      summary: features.summary.subarray(melBandCount),
      baseline,
    };
  });
}

export const prosodyEmotionModel: BatchModel<EmotionWindow, readonly number[]> = {
  bucketOf: () => 'window',

  collate(requests): TensorMap {
    const batch = requests.length;
    const frames = new Float32Array(batch * emotionWindowFrames * voiceFrameWidth);
    const mask = new Float32Array(batch * emotionWindowFrames);
    const summary = new Float32Array(batch * summaryWidth);
    const baseline = new Float32Array(batch * baselineWidth);
    const baselineSeconds = new Float32Array(batch);
    for (const [row, request] of requests.entries()) {
      const frameCount = request.frameData.length / voiceFrameWidth;
      assert(frameCount >= 1 && frameCount <= emotionWindowFrames, 'an emotion window has 1…300 frames');
      frames.set(request.frameData, row * emotionWindowFrames * voiceFrameWidth);
      mask.fill(1, row * emotionWindowFrames, row * emotionWindowFrames + frameCount);
      summary.set(request.summary, row * summaryWidth);
      baseline.set(request.baseline.mean, row * baselineWidth);
      baselineSeconds[row] = request.baseline.heardS;
    }
    return {
      frames: { data: frames, shape: [batch, emotionWindowFrames, voiceFrameWidth] },
      mask: { data: mask, shape: [batch, emotionWindowFrames] },
      summary: { data: summary, shape: [batch, summaryWidth] },
      baseline: { data: baseline, shape: [batch, baselineWidth] },
      baseline_seconds: { data: baselineSeconds, shape: [batch, 1] },
    };
  },

  split(outputs): readonly (readonly number[])[] {
    const { data } = defined(outputs['probabilities'], 'output probabilities');
    const width = emotionCategories.length;
    return Array.from({ length: data.length / width }, (_, row) =>
      Array.from(data.subarray(row * width, (row + 1) * width), Number),
    );
  },
};
