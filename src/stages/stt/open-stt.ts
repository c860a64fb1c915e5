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
import { TranscriptWriter } from './written-form/transcript-writer.js';
import type { Hotword } from './hotwords.js';

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
  /** See CtcSttOptions; the defaults suit live calls. */
  readonly chunkFrames?: number;
  readonly previewFrames?: number;
  /** Time one request may take, queueing included; 5 s by default. */
  readonly chunkDeadlineMs?: number;
  /** Utterances in progress at once; 512 by default. */
  readonly maxUtterances?: number;
  readonly search?: Partial<BeamSearchOptions>;
  /** Acoustic model on a processor: int8 by default; accelerators always run the float one. */
  readonly precision?: SttPrecision;
  /** Words every utterance listens for, after its own. */
  readonly hotwords?: readonly (string | Hotword)[];
}

export const sttPrecisions = ['int8', 'float'] as const;
export type SttPrecision = (typeof sttPrecisions)[number];

/** Loads the English recogniser. Throws MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE. */
export async function openStt(options: OpenSttOptions): Promise<CtcStt> {
  const { host, manifest, thread, limits, clock } = options;
  const modelName = defaultCtcSttOptions.name;
  const shape = acousticShape(manifest.find(modelName));
  const fileOf = (part: string): Promise<string> => manifest.verifiedPath(`${modelName}-${part}`);
  const [lexicon, languageModel, lettersToSounds, tokens] = await Promise.all([
    fileOf('lexicon'),
    fileOf('lm'),
    fileOf('g2p'),
    fileOf('tokens'),
  ]);
  const writer = await openTranscriptWriter(manifest);
  const decoders = await DecoderThread.start({
    files: { lexicon, languageModel, lettersToSounds, tokens },
    search: { ...defaultBeamSearchOptions, ...options.search },
    maxUtterances: options.maxUtterances ?? 512,
    nBest: 5,
  });
  try {
    const cpuModelName = options.precision === 'float' ? modelName : `${modelName}-int8`;
    const batcher = await host.openBatcher(modelName, new CtcAcousticModel(shape), { thread, limits, cpuModelName });
    return new CtcStt(
      { batcher, shape, decoders, writer, clock },
      {
        ...defaultCtcSttOptions,
        maxUtteranceMs: options.maxUtteranceMs ?? defaultCtcSttOptions.maxUtteranceMs,
        hotwords: options.hotwords ?? [],
        chunkFrames: options.chunkFrames ?? defaultCtcSttOptions.chunkFrames,
        previewFrames: options.previewFrames ?? defaultCtcSttOptions.previewFrames,
        search: { ...defaultCtcSttOptions.search, ...options.search },
        chunkDeadlineMs: options.chunkDeadlineMs ?? defaultCtcSttOptions.chunkDeadlineMs,
      },
    );
  } catch (error) {
    await decoders[Symbol.asyncDispose]();
    throw error;
  }
}

/** What makes recognised English words readable. Throws MODEL_UNKNOWN, MODEL_MISSING or MODEL_CORRUPT. */
export async function openTranscriptWriter(manifest: ModelManifest): Promise<TranscriptWriter> {
  const { name } = defaultCtcSttOptions;
  const [capitals, punctuation] = await Promise.all([
    manifest.verifiedPath(`${name}-capitals`),
    manifest.verifiedPath(`${name}-punctuation`),
  ]);
  return TranscriptWriter.read({ capitals, punctuation });
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
