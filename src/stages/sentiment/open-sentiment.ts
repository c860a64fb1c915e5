/**
 * Opens the shipped sentiment models: for each a network behind a batcher, a tokenizer and a calibration from files.
 *
 * Names are those of the model manifest. The three files of a model belong together and are verified before use.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../../core/errors.js';
import type { BatcherLimits } from '../../inference/batcher.js';
import type { InferenceHost } from '../../inference/inference-host.js';
import type { ModelManifest } from '../../inference/model-manifest.js';
import { GoEmotionsReading } from './go-emotions-reading.js';
import { MultilingualReading } from './multilingual-reading.js';
import { OnnxSentiment } from './onnx-sentiment.js';
import { SentimentByLanguage } from './sentiment-by-language.js';
import { sentimentBatchModel } from './sentiment-batch-model.js';
import type { SentimentStage } from './sentiment.js';

export interface OpenSentimentOptions {
  readonly host: InferenceHost;
  readonly manifest: ModelManifest;
  /** Thread of the host that the model lives in. */
  readonly thread: number;
  /** One utterance submits up to 27 rows (itself and its variants), so the queue must hold that many per call. */
  readonly limits: BatcherLimits;
  /** False opens the English model alone. */
  readonly multilingual: boolean;
  /** As in `OnnxSentimentOptions`. */
  readonly maxOccludedWords?: number;
}

/** In order of preference: English goes to the model that knows English alone. */
const models = [
  { name: 'sentiment-en', readingOf: (calibration: unknown) => new GoEmotionsReading(calibration) },
  { name: 'sentiment-multi', readingOf: (calibration: unknown) => new MultilingualReading(calibration) },
] as const;

/** @throws MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE. */
export async function openSentiment(options: OpenSentimentOptions): Promise<SentimentStage> {
  const { host, manifest, thread, limits, multilingual, maxOccludedWords } = options;
  const opened = await Promise.all(
    models.slice(0, multilingual ? models.length : 1).map(async ({ name, readingOf }) => {
      const tokenizer = await readJson(manifest, `${name}-tokenizer`);
      const reading = readingOf(await readJson(manifest, `${name}-calibration`));
      const batcher = await host.openBatcher(name, sentimentBatchModel, { thread, limits });
      return new OnnxSentiment({
        batcher,
        tokenizer,
        reading,
        ...(maxOccludedWords === undefined ? {} : { maxOccludedWords }),
      });
    }),
  );
  return new SentimentByLanguage(opened);
}

async function readJson(manifest: ModelManifest, name: string): Promise<object> {
  const path = await manifest.verifiedPath(name);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as object;
  } catch (error) {
    throw new AttuneError('MODEL_CORRUPT', `the file of model '${name}' is not JSON`, { field: path, cause: error });
  }
}
