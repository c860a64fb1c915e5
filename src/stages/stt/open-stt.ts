/**
 * Opens the shipped recogniser: acoustic model behind a batcher, lexicon and language model in a decoder thread.
 *
 * Names are those of the model manifest; the sizes of the acoustic model's caches are read from its inputs there.
 */
import { defined } from '../../core/assert.js';
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { BatcherLimits } from '../../inference/batcher.js';
import type { InferenceHost } from '../../inference/inference-host.js';
import type { ModelEntry, ModelManifest } from '../../inference/model-manifest.js';
import { defaultBeamSearchOptions } from './ctc-beam-search.js';
import { CtcAcousticModel, type AcousticShape } from './ctc-acoustic-model.js';
import { CtcStt, defaultCtcSttOptions } from './ctc-stt.js';
import { DecoderThread } from './decoder-thread.js';
import type { Stt } from './stt.js';

export interface OpenSttOptions {
  readonly host: InferenceHost;
  readonly manifest: ModelManifest;
  /** Thread of the host that the acoustic model lives in. */
  readonly thread: number;
  readonly limits: BatcherLimits;
  readonly clock: Clock;
  readonly maxUtteranceMs: number;
  /** Encoder frames (40 ms) per request; the default suits live calls, 16 or 32 suit files. */
  readonly chunkFrames?: number;
}

/** Utterances decoded at one time; one per call, and some for judging overlaps. */
const maxUtterances = 512;
const nBest = 5;

export const sttModelNames = { network: 'stt-en', tokens: 'stt-en-tokens', lexicon: 'stt-en-lexicon', languageModel: 'stt-en-lm' } as const;

/** @throws MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE. */
export async function openStt(options: OpenSttOptions): Promise<Stt> {
  const { host, manifest, thread, limits, clock } = options;
  const shape = shapeOf(manifest.find(sttModelNames.network));
  const files = {
    tokens: await manifest.verifiedPath(sttModelNames.tokens),
    lexicon: await manifest.verifiedPath(sttModelNames.lexicon),
    languageModel: await manifest.verifiedPath(sttModelNames.languageModel),
  };
  const batcher = await host.openBatcher(sttModelNames.network, new CtcAcousticModel(shape), { thread, limits });
  const decoders = await DecoderThread.start({ files, search: defaultBeamSearchOptions, maxUtterances, nBest });
  const chunkFrames = options.chunkFrames ?? defaultCtcSttOptions.chunkFrames;
  return new CtcStt({ batcher, shape, decoders, clock }, { ...defaultCtcSttOptions, chunkFrames, maxUtteranceMs: options.maxUtteranceMs });
}

/** attention_cache is [batch, layers, left, 2 width], conv_cache [batch, layers, width, kernel − 1], log_probs [.., vocabulary]. */
function shapeOf(entry: ModelEntry): AcousticShape {
  const size = (list: ModelEntry['inputs'], name: string, axis: number): number => {
    const value = list?.find((tensor) => tensor.name === name)?.shape.at(axis);
    if (typeof value === 'number') return value;
    throw new AttuneError('MODEL_INTERFACE_MISMATCH', `axis ${axis} of '${name}' of ${entry.name} is not fixed`, { field: name });
  };
  const inputs = defined(entry.inputs, 'inputs of the acoustic model');
  const width = size(inputs, 'conv_cache', 2);
  return {
    layers: size(inputs, 'attention_cache', 1),
    left: size(inputs, 'attention_cache', 2),
    width,
    kernel: size(inputs, 'conv_cache', 3) + 1,
    vocabularySize: size(entry.outputs, 'log_probs', -1),
  };
}
