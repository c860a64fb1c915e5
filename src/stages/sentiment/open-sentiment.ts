/**
 * Opens the shipped English sentiment model: its network behind a batcher, its tokenizer and its calibration from files.
 *
 * Names are those of the model manifest. All three files belong together and are verified before use.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../../core/errors.js';
import type { BatcherLimits } from '../../inference/batcher.js';
import type { InferenceHost } from '../../inference/inference-host.js';
import type { ModelManifest } from '../../inference/model-manifest.js';
import { OnnxSentiment } from './onnx-sentiment.js';
import { sentimentBatchModel } from './sentiment-batch-model.js';
import type { SentimentStage } from './sentiment.js';

export interface OpenSentimentOptions {
  readonly host: InferenceHost;
  readonly manifest: ModelManifest;
  /** Thread of the host that the model lives in. */
  readonly thread: number;
  /** One utterance submits up to 27 rows (itself and its variants), so the queue must hold that many per call. */
  readonly limits: BatcherLimits;
  /** As in `OnnxSentimentOptions`. */
  readonly maxOccludedWords?: number;
}

export const sentimentModelNames = {
  network: 'sentiment-en',
  tokenizer: 'sentiment-en-tokenizer',
  calibration: 'sentiment-en-calibration',
} as const;

/** @throws MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE. */
export async function openSentiment(options: OpenSentimentOptions): Promise<SentimentStage> {
  const { host, manifest, thread, limits, maxOccludedWords } = options;
  const tokenizer = await readJson(manifest, sentimentModelNames.tokenizer);
  const calibration = await readJson(manifest, sentimentModelNames.calibration);
  const batcher = await host.openBatcher(sentimentModelNames.network, sentimentBatchModel, { thread, limits });
  return new OnnxSentiment({
    batcher,
    tokenizer,
    calibration,
    ...(maxOccludedWords === undefined ? {} : { maxOccludedWords }),
  });
}

async function readJson(manifest: ModelManifest, name: string): Promise<object> {
  const path = await manifest.verifiedPath(name);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as object;
  } catch (error) {
    throw new AttuneError('MODEL_CORRUPT', `the file of model '${name}' is not JSON`, { field: path, cause: error });
  }
}
