/**
 * Which kind of recogniser a folder of sherpa-onnx holds, and its configuration: from model.json, else from file names.
 *
 * The package ends the process when a file of its configuration is missing, so everything named here is checked against
 * the folder before. Pure: the list of files is handed in.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../../../core/errors.js';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import type { EngineThreadSettings } from './engine-messages.js';

const kinds = [
  'streaming-transducer',
  'streaming-ctc',
  'transducer',
  'nemo-transducer',
  'nemo-ctc',
  'zipformer-ctc',
  'sense-voice',
  'whisper',
  'moonshine',
  'paraformer',
] as const;

export type SherpaKind = (typeof kinds)[number];

const optionsSchema = z.strictObject({
  kind: z.enum(kinds).optional(),
  /** File of each role, relative to the folder; roles left out are found by name. */
  files: z.record(z.string(), z.string()).optional(),
  languages: z.array(z.string()).optional(),
  decodingMethod: z.enum(['greedy_search', 'modified_beam_search']).optional(),
  hotwordsScore: z.number().optional(),
  /** `bpe` or `cjkchar`: how hot words are cut into the model's units. */
  modelingUnit: z.string().optional(),
});

export interface SherpaModel {
  readonly kind: SherpaKind;
  readonly isStreaming: boolean;
  readonly languages: readonly string[] | null;
  readonly takesHotwords: boolean;
  /** True when the stream's option `language` steers the model. */
  readonly takesLanguage: boolean;
  /** For the constructor of the package's recogniser. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Roles of each kind and what their file names contain; the first is the one to be told by. */
const rolesOf: Readonly<Record<SherpaKind, Readonly<Record<string, RegExp>>>> = {
  'streaming-transducer': { encoder: /encoder/u, decoder: /decoder/u, joiner: /joiner/u },
  'streaming-ctc': { model: /^(?!.*(encoder|decoder|joiner))/u },
  transducer: { encoder: /encoder/u, decoder: /decoder/u, joiner: /joiner/u },
  'nemo-transducer': { encoder: /encoder/u, decoder: /decoder/u, joiner: /joiner/u },
  'nemo-ctc': { model: /^(?!.*(encoder|decoder|joiner))/u },
  'zipformer-ctc': { model: /^(?!.*(encoder|decoder|joiner))/u },
  'sense-voice': { model: /^(?!.*(encoder|decoder|joiner))/u },
  whisper: { encoder: /encoder/u, decoder: /decoder/u },
  moonshine: {
    preprocessor: /preprocess/u,
    encoder: /encode/u,
    uncachedDecoder: /uncached/u,
    cachedDecoder: /(?<!un)cached/u,
  },
  paraformer: { model: /^(?!.*(encoder|decoder|joiner))/u },
};

/** Moonshine's newer layout has two files. */
const mergedMoonshineRoles = { encoder: /encoder/u, mergedDecoder: /decoder.*merged/u };

/** Where a kind's files go in the package's configuration. */
const configKey: Readonly<Record<SherpaKind, string>> = {
  'streaming-transducer': 'transducer',
  'streaming-ctc': 'zipformer2Ctc',
  transducer: 'transducer',
  'nemo-transducer': 'transducer',
  'nemo-ctc': 'nemoCtc',
  'zipformer-ctc': 'zipformerCtc',
  'sense-voice': 'senseVoice',
  whisper: 'whisper',
  moonshine: 'moonshine',
  paraformer: 'paraformer',
};

const senseVoiceLanguages = ['zh', 'en', 'ja', 'ko', 'yue'];

/** Throws OPTION_INVALID for options that do not fit, MODEL_MISSING for a file that is not there. */
export function sherpaModelOf({ folder, files, options, threads }: EngineThreadSettings): SherpaModel {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) {
    throw new AttuneError('OPTION_INVALID', `model.json: ${z.prettifyError(parsed.error)}`, { field: 'options' });
  }
  const wanted = parsed.data;
  const kind = wanted.kind ?? kindOf(folder, files);
  const roles =
    kind === 'moonshine' && files.some((file) => /merged/u.test(file)) ? mergedMoonshineRoles : rolesOf[kind];
  const fileOf = (role: string, pattern: RegExp): string => {
    const named = wanted.files?.[role];
    const found = named ?? preferred(files.filter((file) => /\.(onnx|ort)$/u.test(file) && pattern.test(file)));
    if (found !== undefined && files.includes(found)) return join(folder, found);
    throw missing(folder, found ?? `a file for the ${role} of a ${kind} model`);
  };
  const modelFiles = Object.fromEntries(Object.entries(roles).map(([role, pattern]) => [role, fileOf(role, pattern)]));
  const tokens = wanted.files?.['tokens'] ?? files.find((file) => /tokens\.txt$/u.test(file));
  if (tokens === undefined || !files.includes(tokens)) throw missing(folder, tokens ?? 'tokens.txt');
  const bpeVocab = wanted.files?.['bpeVocab'] ?? files.find((file) => file === 'bpe.vocab');
  const isStreaming = kind.startsWith('streaming-');
  const isTransducer = configKey[kind] === 'transducer';
  const takesHotwords = isTransducer && !isStreaming && wanted.decodingMethod === 'modified_beam_search';
  return {
    kind,
    isStreaming,
    languages: wanted.languages ?? languagesOf(kind, folder, files),
    takesHotwords,
    takesLanguage: isStreaming && wanted.languages !== undefined && wanted.languages.length > 1,
    config: {
      featConfig: { sampleRate: modelSampleRateHz, featureDim: 80 },
      modelConfig: {
        [configKey[kind]]: {
          ...modelFiles,
          ...(kind === 'sense-voice' ? { useInverseTextNormalization: 1 } : {}),
        },
        tokens: join(folder, tokens),
        numThreads: threads,
        provider: 'cpu',
        debug: 0,
        ...(kind === 'nemo-transducer' ? { modelType: 'nemo_transducer' } : {}),
        ...(takesHotwords ? { modelingUnit: wanted.modelingUnit ?? 'bpe' } : {}),
        ...(takesHotwords && bpeVocab !== undefined ? { bpeVocab: join(folder, bpeVocab) } : {}),
      },
      decodingMethod: wanted.decodingMethod ?? 'greedy_search',
      // Turn taking decides where speech ends.
      ...(isStreaming ? { enableEndpoint: 0 } : {}),
      ...(takesHotwords ? { hotwordsScore: wanted.hotwordsScore ?? 2 } : {}),
    },
  };
}

/** The kind that the names of folder and files suggest. */
function kindOf(folder: string, files: readonly string[]): SherpaKind {
  const name = folder.toLowerCase();
  const has = (pattern: RegExp): boolean => files.some((file) => pattern.test(file));
  const isStreaming = /streaming|online/u.test(name) && !/non-streaming/u.test(name);
  if (has(/joiner/u)) {
    if (isStreaming || has(/chunk-\d+-left-\d+/u)) return 'streaming-transducer';
    return /nemo|parakeet/u.test(name) ? 'nemo-transducer' : 'transducer';
  }
  if (has(/preprocess|(?<!un)cached/u) || /moonshine/u.test(name)) return 'moonshine';
  if (has(/encoder/u) && has(/decoder/u)) return 'whisper';
  if (/sense-?voice/u.test(name)) return 'sense-voice';
  if (/paraformer/u.test(name)) return 'paraformer';
  if (/nemo|parakeet|conformer-ctc/u.test(name)) return 'nemo-ctc';
  if (/zipformer/u.test(name)) return isStreaming ? 'streaming-ctc' : 'zipformer-ctc';
  throw new AttuneError('OPTION_INVALID', `what kind of recogniser is in ${folder} cannot be told from its names`, {
    field: 'sttModelPath',
    hint: `Write {"engine":"sherpa","options":{"kind":…}} to model.json in it, with one of ${kinds.join(', ')}.`,
  });
}

function languagesOf(kind: SherpaKind, folder: string, files: readonly string[]): readonly string[] | null {
  if (kind === 'sense-voice') return senseVoiceLanguages;
  if (kind === 'whisper' && files.some((file) => /\.en-(encoder|decoder)/u.test(file))) return ['en'];
  return /[-_]en([-_.]|$)/u.test(folder) && !/[-_](zh|ja|ko|de|es|fr)([-_.]|$)/u.test(folder) ? ['en'] : null;
}

/** The quantised file of several: smaller and faster on processors, about as good. */
function preferred(candidates: readonly string[]): string | undefined {
  return candidates.find((file) => /int8|quantized/u.test(file)) ?? candidates[0];
}

function missing(folder: string, what: string): AttuneError {
  return new AttuneError('MODEL_MISSING', `there is no ${what} in ${folder}`, {
    field: 'sttModelPath',
    hint: 'Download the whole model folder, or name its files in model.json.',
  });
}
