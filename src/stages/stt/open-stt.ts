/**
 * Puts the embedded recogniser together from the model manifest: acoustic model, lexicon, language model, threads.
 *
 * The acoustic model's sizes are read from its signatures, so that a model trained at another size needs no change here.
 */
import { AttuneError } from '../../core/errors.js';
import type { Clock } from '../../core/clock.js';
import type { BatcherLimits } from '../../inference/batcher.js';
import type { InferenceHost } from '../../inference/inference-host.js';
import type { ModelEntry, ModelManifest } from '../../inference/model-manifest.js';
import { CtcAcousticModel, type AcousticShape } from './ctc-acoustic-model.js';
import { defaultBeamSearchOptions, type BeamSearchOptions } from './ctc-beam-search.js';
import { CtcStt } from './ctc-stt.js';
import { defaultCtcSttOptions } from './ctc-stt-options.js';
import { DecoderThread } from './decoder-thread.js';

export interface OpenSttOptions {
  /** Lent: it outlives the recogniser. */
  readonly host: InferenceHost;
  readonly manifest: ModelManifest;
  /** Inference thread of the acoustic model. */
  readonly thread: number;
  readonly limits: BatcherLimits;
  readonly clock: Clock;
  /** Audio beyond this is dropped from an utterance. */
  readonly maxUtteranceMs?: number;
  /** Encoder frames (40 ms) per request; 8 by default, 16 or 32 hear better and answer later. */
  readonly chunkFrames?: number;
  /** Time one request may take, queueing included; 5 s by default. */
  readonly chunkDeadlineMs?: number;
  /** Utterances in progress at once; 512 by default. */
  readonly maxUtterances?: number;
  readonly search?: Partial<BeamSearchOptions>;
}

/** Loads the English recogniser. Throws MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE. */
export async function openStt(options: OpenSttOptions): Promise<CtcStt> {
  const { host, manifest, thread, limits, clock } = options;
  const modelName = defaultCtcSttOptions.name;
  const shape = acousticShape(manifest.find(modelName));
  const [lexicon, languageModel, tokens] = await Promise.all(
    ['lexicon', 'lm', 'tokens'].map((part) => manifest.verifiedPath(`${modelName}-${part}`)),
  );
  if (lexicon === undefined || languageModel === undefined || tokens === undefined) {
    throw new AttuneError('INVARIANT_BROKEN', 'the recogniser has three data files');
  }
  const decoders = await DecoderThread.start({
    files: { lexicon, languageModel, tokens },
    search: { ...defaultBeamSearchOptions, ...options.search },
    maxUtterances: options.maxUtterances ?? 512,
    nBest: 5,
  });
  try {
    const batcher = await host.openBatcher(modelName, new CtcAcousticModel(shape), { thread, limits });
    return new CtcStt(
      { batcher, shape, decoders, clock },
      {
        ...defaultCtcSttOptions,
        maxUtteranceMs: options.maxUtteranceMs ?? defaultCtcSttOptions.maxUtteranceMs,
        chunkFrames: options.chunkFrames ?? defaultCtcSttOptions.chunkFrames,
        chunkDeadlineMs: options.chunkDeadlineMs ?? defaultCtcSttOptions.chunkDeadlineMs,
      },
    );
  } catch (error) {
    await decoders[Symbol.asyncDispose]();
    throw error;
  }
}

/** Sizes from the signatures of `attention_cache` [batch, layers, left, 2·width], `conv_cache` […, kernel − 1] and `log_probs`. */
export function acousticShape(entry: ModelEntry): AcousticShape {
  const size = (signatures: ModelEntry['inputs'], name: string, axis: number): number => {
    const length = signatures?.find((signature) => signature.name === name)?.shape[axis];
    if (typeof length !== 'number') {
      throw new AttuneError(
        'MODEL_INTERFACE_MISMATCH',
        `axis ${axis} of '${name}' of ${entry.name} has no fixed size`,
        { field: name },
      );
    }
    return length;
  };
  return {
    layers: size(entry.inputs, 'attention_cache', 1),
    left: size(entry.inputs, 'attention_cache', 2),
    width: size(entry.inputs, 'attention_cache', 3) / 2,
    kernel: size(entry.inputs, 'conv_cache', 3) + 1,
    vocabularySize: size(entry.outputs, 'log_probs', 2),
  };
}
