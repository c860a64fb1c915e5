/**
 * Entry of the thread that makes log-mel features of whole recordings, about a millisecond for a tenth of a minute.
 */
import { normalisedMel, type BandMajorMel, type MelNormalisation } from '../../../dsp/normalised-mel.js';
import { answerRequests } from '../../../inference/worker-thread.js';

export interface MelRequest {
  readonly samples: Float32Array;
  readonly normalisation: MelNormalisation;
}

answerRequests<MelRequest, BandMajorMel>(async ({ samples, normalisation }) => {
  const result = normalisedMel(samples, normalisation);
  return { result, transfer: [result.data.buffer as ArrayBuffer] };
});
