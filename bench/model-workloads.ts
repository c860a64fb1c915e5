/**
 * One request of usual size for every ONNX model in the manifest, repeated as often as a benchmark wants.
 *
 * Made by the models' own batch wrappers, so the tensors have the shapes of a call. The values are noise: how long a run
 * takes does not depend on them.
 */
import { AttuneError } from '../src/core/errors.js';
import { melBandCount } from '../src/dsp/mel.js';
import type { BatchModel } from '../src/inference/batcher.js';
import type { ModelManifest } from '../src/inference/model-manifest.js';
import type { TensorMap } from '../src/inference/tensor.js';
import { emotionWindowFrames, prosodyEmotionModel } from '../src/stages/emotion/prosody-emotion-model.js';
import { unheardSpeaker } from '../src/stages/emotion/speaker-baseline.js';
import { summaryWidth, voiceFrameWidth } from '../src/stages/emotion/voice-features.js';
import { sentimentBatchModel } from '../src/stages/sentiment/sentiment-batch-model.js';
import {
  contextFrames,
  CtcAcousticModel,
  initialAcousticState,
  melFramesPerEncoderFrame,
} from '../src/stages/stt/ctc-acoustic-model.js';
import { defaultCtcSttOptions } from '../src/stages/stt/ctc-stt-options.js';
import { acousticShape } from '../src/stages/stt/open-stt.js';
import { turnEndFrameWidth, turnEndWindowFrames } from '../src/stages/turn-end/turn-end-features.js';
import { turnEndModel } from '../src/stages/turn-end/turn-end-model.js';
import { sileroBatchModel } from '../src/stages/vad/silero-vad.js';

export interface ModelWorkload {
  /** What one row stands for. */
  readonly rowMeaning: string;
  /** Fresh tensors for `rowCount` rows; a run takes them away. */
  inputs(rowCount: number): TensorMap;
}

const sentenceTokens = 16;
const sentenceCharacters = 60;

/** The workload of one model. Throws MODEL_UNKNOWN for a model that has none. */
export function workloadOf(modelName: string, manifest: ModelManifest): ModelWorkload {
  switch (modelName) {
    case 'silero-vad':
      return repeated('32 ms window', sileroBatchModel, { input: noise(576), state: new Float32Array(256) });
    case 'stt-en':
    case 'stt-en-int8': {
      const { chunkFrames } = defaultCtcSttOptions;
      const shape = acousticShape(manifest.find(modelName));
      const melFrames = chunkFrames * melFramesPerEncoderFrame + contextFrames;
      return repeated(`${chunkFrames * 40} ms chunk`, new CtcAcousticModel(shape), {
        features: noise(melFrames * melBandCount),
        chunkFrames,
        state: initialAcousticState(shape),
      });
    }
    case 'turn-end':
      return repeated('end of 2.5 s', turnEndModel, noise(turnEndWindowFrames * turnEndFrameWidth));
    case 'emotion-voice':
    case 'emotion-voice-permissive':
      return repeated('3 s window', prosodyEmotionModel, {
        frameData: noise(emotionWindowFrames * voiceFrameWidth),
        summary: noise(summaryWidth),
        baseline: unheardSpeaker,
      });
    case 'sentiment-en':
      return repeated(`sentence of ${sentenceTokens} tokens`, sentimentBatchModel, {
        tokenIds: Array.from({ length: sentenceTokens }, (_, index) => 700 + 31 * index),
        paddedLength: sentenceTokens,
      });
    case 'sentiment-multi':
      return repeated(`sentence of ${sentenceCharacters} characters`, sentimentBatchModel, {
        tokenIds: [3, ...Array.from({ length: sentenceCharacters }, (_, index) => 200 + ((31 * index) % 900))],
        paddedLength: 64,
      });
    default:
      throw new AttuneError('MODEL_UNKNOWN', `no workload is described for the model '${modelName}'`, {
        field: modelName,
      });
  }
}

function repeated<Req>(rowMeaning: string, model: BatchModel<Req, unknown>, request: Req): ModelWorkload {
  return { rowMeaning, inputs: (rowCount) => model.collate(new Array<Req>(rowCount).fill(request)) };
}

/** Deterministic values in −0.1…0.1. */
function noise(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => 0.1 * Math.sin(index * index));
}
