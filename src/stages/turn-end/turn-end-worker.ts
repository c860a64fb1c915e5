/**
 * The thread that extracts features for the end-of-turn model: samples in, frames out. Started by `OnnxTurnEnd` only;
 * stateless.
 */
import { answerRequests } from '../../inference/worker-thread.js';
import { turnEndFrames } from './turn-end-features.js';

answerRequests<Float32Array, Float32Array<ArrayBuffer>>(async (samples) => {
  const frames = turnEndFrames(samples);
  return { result: frames, transfer: [frames.buffer] };
});
