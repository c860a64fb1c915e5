/**
 * Whisper, Moonshine and their like through the optional package @huggingface/transformers: a folder in, text out.
 *
 * Only the folder is read: remote files are switched off before anything is loaded. The package runs its models on the
 * thread that calls it, so this lives on an engine thread. It gives no confidences, and word times only for exports that
 * were made for them.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import { AttuneError } from '../../../core/errors.js';
import { primaryLanguage } from '../../../core/language-tag.js';
import { assumedConfidence, spreadWords } from '../driven/engine-spelling.js';
import type { SttWord } from '../stt.js';
import type {
  EngineAbilities,
  EngineStream,
  EngineText,
  EngineThreadSettings,
  ThreadEngine,
  UtteranceHints,
} from './engine-messages.js';
import { importOptional, optionalSttPackages } from './optional-package.js';

/** What is used of the package, version 4. */
export interface TransformersModule {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; logLevel?: unknown };
  pipeline(
    task: 'automatic-speech-recognition',
    model: string,
    options: Readonly<Record<string, unknown>>,
  ): Promise<TransformersPipeline>;
}

export type TransformersPipeline = (
  samples: Float32Array,
  options: Readonly<Record<string, unknown>>,
) => Promise<{
  readonly text: string;
  /** Seconds; the last end may be missing. */
  readonly chunks?: readonly { readonly text: string; readonly timestamp: readonly [number, number | null] }[];
}>;

const optionsSchema = z.strictObject({
  /** Precision of the files, as the package names it: fp32, fp16, q8, q4 … */
  dtype: z.string().optional(),
  /** Primary language subtags, when the folder's own files do not say. */
  languages: z.array(z.string()).optional(),
  /** Language assumed when a session names none. */
  language: z.string().optional(),
  /** True for Whisper exports with cross attentions (`…_timestamped`). */
  wordTimes: z.boolean().optional(),
  generation: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

type TransformersOptions = z.infer<typeof optionsSchema>;

/** What is read of config.json and generation_config.json. */
const configSchema = z.object({ model_type: z.string() });
const generationSchema = z.object({
  is_multilingual: z.boolean().optional(),
  lang_to_id: z.record(z.string(), z.number()).optional(),
  alignment_heads: z.array(z.unknown()).nullish(),
});

/** Ending of a precision's files; the package's own table. */
const dtypeOfEnding: readonly (readonly [ending: string, dtype: string])[] = [
  ['', 'fp32'],
  ['_quantized', 'q8'],
  ['_int8', 'int8'],
  ['_uint8', 'uint8'],
  ['_q4', 'q4'],
  ['_fp16', 'fp16'],
  ['_q4f16', 'q4f16'],
  ['_bnb4', 'bnb4'],
];

interface TransformersFacts {
  readonly languages: readonly string[] | null;
  readonly isMultilingual: boolean;
  readonly timesWords: boolean;
}

export class TransformersEngine implements ThreadEngine {
  readonly abilities: EngineAbilities;
  readonly #pipeline: TransformersPipeline;
  readonly #facts: TransformersFacts;
  readonly #options: TransformersOptions;

  private constructor(pipeline: TransformersPipeline, facts: TransformersFacts, options: TransformersOptions) {
    this.#pipeline = pipeline;
    this.#facts = facts;
    this.#options = options;
    this.abilities = { isStreaming: false, languages: facts.languages };
  }

  /** Rejects with STT_UNAVAILABLE, MODEL_MISSING, MODEL_CORRUPT or OPTION_INVALID. */
  static async load(
    settings: EngineThreadSettings,
    importModule?: (name: string) => Promise<unknown>,
  ): Promise<TransformersEngine> {
    const options = optionsOf(settings);
    const facts = await factsOf(settings, options);
    const module = (await importOptional(optionalSttPackages.transformers, importModule)) as TransformersModule;
    module.env.allowRemoteModels = false;
    module.env.allowLocalModels = true;
    try {
      const pipeline = await module.pipeline('automatic-speech-recognition', settings.folder, {
        local_files_only: true,
        device: 'cpu',
        dtype: options.dtype ?? dtypeOf(settings.files),
        session_options: { intraOpNumThreads: settings.threads, interOpNumThreads: 1 },
      });
      return new TransformersEngine(pipeline, facts, options);
    } catch (cause) {
      throw new AttuneError('MODEL_CORRUPT', `the recogniser in ${settings.folder} cannot be loaded`, {
        field: settings.folder,
        hint: 'The folder must hold config.json, the tokenizer files and onnx/ as a Transformers.js model has them.',
        cause,
      });
    }
  }

  async recognise(samples: Float32Array, { language }: UtteranceHints): Promise<EngineText> {
    const durationMs = (samples.length * 1000) / modelSampleRateHz;
    const { text, chunks } = await this.#pipeline(samples, this.#callOptions(language));
    if (!this.#facts.timesWords || !chunks) {
      return { text, words: spreadWords(text, { durationMs, confidence: assumedConfidence }) };
    }
    const words = chunks.flatMap(({ text: word, timestamp: [startSeconds, endSeconds] }): readonly SttWord[] => {
      const startMs = Math.min(durationMs, startSeconds * 1000);
      const endMs = Math.min(durationMs, Math.max(startMs, (endSeconds ?? startSeconds) * 1000));
      return word.trim() === '' ? [] : [{ text: word.trim(), startMs, endMs, confidence: assumedConfidence }];
    });
    return { text, words };
  }

  openStream(): EngineStream {
    throw new AttuneError('INVARIANT_BROKEN', 'this engine takes whole recordings');
  }

  #callOptions(language: string | undefined): Readonly<Record<string, unknown>> {
    const { isMultilingual, timesWords } = this.#facts;
    const wanted = language ?? this.#options.language;
    return {
      ...this.#options.generation,
      ...(timesWords ? { return_timestamps: 'word' } : {}),
      // English-only models refuse the two.
      ...(isMultilingual && wanted !== undefined ? { language: primaryLanguage(wanted), task: 'transcribe' } : {}),
    };
  }
}

function optionsOf({ options }: EngineThreadSettings): TransformersOptions {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new AttuneError('OPTION_INVALID', `model.json: ${z.prettifyError(parsed.error)}`, { field: 'options' });
}

async function factsOf(
  { folder, files }: EngineThreadSettings,
  options: TransformersOptions,
): Promise<TransformersFacts> {
  const { model_type: modelType } = await readJson(join(folder, 'config.json'), configSchema);
  const generation = files.includes('generation_config.json')
    ? await readJson(join(folder, 'generation_config.json'), generationSchema)
    : {};
  const known = Object.keys(generation.lang_to_id ?? {}).map((mark) => mark.replace(/[<|>]/gu, ''));
  const isMultilingual = modelType === 'cohere_asr' || (generation.is_multilingual ?? known.length > 0);
  const isEnglishWhisper = modelType === 'whisper' && generation.is_multilingual === false;
  const own = known.length > 0 ? known : isEnglishWhisper || modelType === 'moonshine' ? ['en'] : null;
  return {
    languages: options.languages ?? own,
    isMultilingual,
    timesWords:
      modelType === 'whisper' && (options.wordTimes ?? false) && (generation.alignment_heads ?? null) !== null,
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw new AttuneError('MODEL_MISSING', `there is no ${file}`, { field: file, cause });
  }
  try {
    return schema.parse(JSON.parse(content));
  } catch (cause) {
    throw new AttuneError('MODEL_CORRUPT', `${file} cannot be read`, { field: file, cause });
  }
}

/** The best precision whose encoder, or single network, is in the folder; undefined lets the package decide. */
function dtypeOf(files: readonly string[]): string | undefined {
  const has = (ending: string): boolean =>
    files.some((file) => file === `onnx/encoder_model${ending}.onnx` || file === `onnx/model${ending}.onnx`);
  return dtypeOfEnding.find(([ending]) => has(ending))?.[1];
}
