/**
 * Puts a recogniser together from the folder of a CTC export: network, symbols, what its configuration says of its input.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../../core/clock.js';
import { AttuneError } from '../../../core/errors.js';
import type { BatcherLimits } from '../../../inference/batcher.js';
import type { InferenceHost } from '../../../inference/inference-host.js';
import { WorkerThread } from '../../../inference/worker-thread.js';
import type { BandMajorMel } from '../../../dsp/normalised-mel.js';
import { DrivenStt } from '../driven/driven-stt.js';
import type { Hotword } from '../hotwords.js';
import type { ModelFolder } from '../model-folder.js';
import { CtcExportEngine } from './ctc-export-engine.js';
import { CtcExportModel, type CtcExportRequest, type CtcExportResult } from './ctc-export-model.js';
import { readCtcVocabulary } from './ctc-vocabulary.js';
import type { MelRequest } from './mel-worker.js';
import type { TranscriptWriter } from '../written-form/transcript-writer.js';

const optionsSchema = z.strictObject({
  /** The network's file, relative to the folder. */
  model: z.string().optional(),
  /** The symbols' file: `vocab.json` or `tokens.txt`. */
  tokens: z.string().optional(),
  /** Blank symbol, when it is none of the usual ones. */
  blank: z.string().optional(),
  /** Waveform models: mean 0 and variance 1; by default what preprocessor_config.json says, else true. */
  normalise: z.boolean().optional(),
  /** Mel models; per feature by default, as NeMo's own. */
  melNormalisation: z.enum(['per-feature', 'none']).optional(),
  /** Longest audio recognised at once. */
  windowMs: z.number().int().min(4_000).max(60_000).optional(),
  languages: z.array(z.string()).optional(),
});

const preprocessorSchema = z.object({ do_normalize: z.boolean().optional() });

export interface OpenCtcExportOptions {
  /** Lent: it outlives the recogniser. */
  readonly host: InferenceHost;
  readonly folder: ModelFolder;
  /** Inference thread of the network. */
  readonly thread: number;
  readonly limits: BatcherLimits;
  readonly clock: Clock;
  readonly maxUtteranceMs: number;
  readonly writer: TranscriptWriter;
  /** Words every utterance listens for, after its own. */
  readonly hotwords?: readonly (string | Hotword)[];
  /** New audio before a partial text; null for none. */
  readonly partialEveryMs: number | null;
  /** Time one recording may take. */
  readonly deadlineMs: number;
}

/** Long enough for context, short enough for attention over it; published systems cut at 15 to 30 s. */
const defaultWindowMs = 20_000;

/** Throws OPTION_INVALID, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE. */
export async function openCtcExport(options: OpenCtcExportOptions): Promise<DrivenStt> {
  const { host, folder, thread, limits, clock } = options;
  const parsed = optionsSchema.safeParse(folder.options);
  if (!parsed.success) {
    throw new AttuneError('OPTION_INVALID', `model.json: ${z.prettifyError(parsed.error)}`, { field: 'options' });
  }
  const wanted = parsed.data;
  const modelFile = fileOf(folder, wanted.model, [
    'model.onnx',
    'model.int8.onnx',
    /^(onnx\/)?model[^/]*\.onnx$/u,
    /\.onnx$/u,
  ]);
  const tokensFile = fileOf(folder, wanted.tokens, ['tokens.txt', 'vocab.json', /(tokens|vocab)[^/]*\.(txt|json)$/u]);
  const vocabulary = readCtcVocabulary(await readFile(join(folder.path, tokensFile), 'utf8'), tokensFile, wanted.blank);
  const { batcher, model } = await host.openFile<CtcExportRequest, CtcExportResult, CtcExportModel>(
    { modelName: folder.name, path: join(folder.path, modelFile) },
    (signatures) => new CtcExportModel(signatures, modelFile),
    { thread, limits },
  );
  if (model.vocabularySize !== undefined && model.vocabularySize !== vocabulary.pieces.length) {
    throw new AttuneError(
      'MODEL_INTERFACE_MISMATCH',
      `${modelFile} has ${model.vocabularySize} symbols, ${tokensFile} lists ${vocabulary.pieces.length}`,
      { field: tokensFile, hint: 'Use the list of symbols that belongs to the network.' },
    );
  }
  const engine = new CtcExportEngine(
    {
      batcher,
      inputKind: model.inputKind,
      vocabulary,
      clock,
      melThread: new WorkerThread<MelRequest, BandMajorMel>({
        url: new URL('./mel-worker.js', import.meta.url),
        name: 'stt-mel',
      }),
    },
    {
      normaliseWaveform: wanted.normalise ?? (await normalisesWaveform(folder)),
      melNormalisation: wanted.melNormalisation ?? 'per-feature',
      windowMs: wanted.windowMs ?? defaultWindowMs,
      partialEveryMs: options.partialEveryMs,
      deadlineMs: options.deadlineMs,
    },
  );
  return new DrivenStt(engine, {
    name: folder.name,
    languages: wanted.languages ?? null,
    maxUtteranceMs: options.maxUtteranceMs,
    hotwords: options.hotwords ?? [],
    writer: options.writer,
  });
}

/** The file that was named, or the first that fits. */
function fileOf(folder: ModelFolder, named: string | undefined, candidates: readonly (string | RegExp)[]): string {
  const fits = (candidate: string | RegExp, file: string): boolean =>
    typeof candidate === 'string' ? candidate === file : candidate.test(file);
  const found =
    named ??
    candidates
      .map((candidate) => folder.files.find((file) => fits(candidate, file)))
      .find((file) => file !== undefined);
  if (found !== undefined && folder.files.includes(found)) return found;
  throw new AttuneError('MODEL_MISSING', `there is no ${found ?? String(candidates[0])} in ${folder.path}`, {
    field: 'sttModelPath',
    hint: 'A CTC export is a network (model.onnx) and its symbols (tokens.txt or vocab.json).',
  });
}

async function normalisesWaveform({ path, files }: ModelFolder): Promise<boolean> {
  const file = 'preprocessor_config.json';
  if (!files.includes(file)) return true;
  try {
    return preprocessorSchema.parse(JSON.parse(await readFile(join(path, file), 'utf8'))).do_normalize ?? true;
  } catch (cause) {
    throw new AttuneError('MODEL_CORRUPT', `${file} cannot be read`, { field: file, cause });
  }
}
