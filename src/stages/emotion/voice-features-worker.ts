/**
 * The thread that extracts voice features: samples in, features out. Started by `WorkerVoiceFeatures` only; stateless.
 */
import { answerRequests } from '../../inference/worker-thread.js';
import { extractVoiceFeatures, type VoiceFeatures } from './voice-features.js';

answerRequests<Float32Array, VoiceFeatures | null>(async (samples) => {
  const result = extractVoiceFeatures(samples);
  return { result, transfer: result === null ? [] : [result.frameData.buffer, result.summary.buffer] };
});
