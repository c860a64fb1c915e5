/**
 * The thread that extracts voice features: samples in, features out. Started by `WorkerVoiceFeatures` only; stateless.
 */
import { answerRequests } from '../../inference/worker-thread.js';
import { occludedCues } from './cue-occlusion.js';
import type { ExtractionRequest, HeardVoice } from './voice-feature-extractor.js';
import { extractVoiceFeatures } from './voice-features.js';

answerRequests<ExtractionRequest, HeardVoice | null>(async ({ samples, explainAgainst }) => {
  const features = extractVoiceFeatures(samples);
  if (features === null) return { result: null, transfer: [] };
  const occluded = explainAgainst === null ? [] : occludedCues(features, explainAgainst);
  const all = [features, ...occluded.map((cue) => cue.features)];
  return {
    result: { features, occluded },
    transfer: all.flatMap(({ frameData, summary }) => [frameData.buffer, summary.buffer]),
  };
});
