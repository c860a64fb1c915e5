/**
 * How the ends of utterances become a batch of the end-of-turn network and its output becomes probabilities.
 *
 *   in   frames       float32 [batch, 250, 83]  per 10 ms: 80 log-mel, semitones (0 unvoiced), voiced 0/1, periodicity;
 *                                               the last frame is the last of speech, zeros stand in front
 *        mask         float32 [batch, 250]      1 for a frame, 0 for padding
 *   out  probability  float32 [batch, 1]        that the turn is over, calibrated for as many pauses as ends
 *
 * The network normalises by itself and masks padding, so a row's result depends on that row alone.
 */
import { assert, defined } from '../../core/assert.js';
import type { BatchModel } from '../../inference/batcher.js';
import type { TensorMap } from '../../inference/tensor.js';
import { turnEndFrameWidth, turnEndWindowFrames } from './turn-end-features.js';

export const turnEndModelName = 'turn-end';

const windowSize = turnEndWindowFrames * turnEndFrameWidth;

/** Requests are what `turnEndFrames` returns, 1 to 250 frames. */
export const turnEndModel: BatchModel<Float32Array, number> = {
  bucketOf: () => 'window',

  collate(requests): TensorMap {
    const batch = requests.length;
    const frames = new Float32Array(batch * windowSize);
    const mask = new Float32Array(batch * turnEndWindowFrames);
    for (const [row, request] of requests.entries()) {
      const frameCount = request.length / turnEndFrameWidth;
      assert(frameCount >= 1 && frameCount <= turnEndWindowFrames, 'an end of a turn has 1…250 frames');
      frames.set(request, (row + 1) * windowSize - request.length);
      mask.fill(1, (row + 1) * turnEndWindowFrames - frameCount, (row + 1) * turnEndWindowFrames);
    }
    return {
      frames: { data: frames, shape: [batch, turnEndWindowFrames, turnEndFrameWidth] },
      mask: { data: mask, shape: [batch, turnEndWindowFrames] },
    };
  },

  split: (outputs) => Array.from(defined(outputs['probability'], 'output probability').data, Number),
};
