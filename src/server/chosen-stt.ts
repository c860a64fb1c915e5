/**
 * Which recogniser a configuration asks for, and opening it: the embedded one, one from a folder, or a server's.
 */
import { AttuneError } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { BatcherLimits } from '../inference/batcher.js';
import type { InferenceHost } from '../inference/inference-host.js';
import type { ModelManifest } from '../inference/model-manifest.js';
import { openCtcExport } from '../stages/stt/ctc-export/open-ctc-export.js';
import { readModelFolder, type FolderEngine, type ModelFolder } from '../stages/stt/model-folder.js';
import { openThreadStt } from '../stages/stt/on-thread/open-thread-stt.js';
import { openStt, openTranscriptWriter } from '../stages/stt/open-stt.js';
import { remoteStt } from '../stages/stt/remote/remote-stt.js';
import type { Hotword } from '../stages/stt/hotwords.js';
import type { Stt } from '../stages/stt/stt.js';
import { flagOf, type Config } from './option-table.js';

/** What the recogniser is opened for. */
export interface SttPurpose {
  /** Encoder frames (40 ms) per counted run of the embedded model; the default suits live calls. */
  readonly chunkFrames?: number;
  /** Time that one run of the embedded model may take, queueing included; the default suits live calls. */
  readonly chunkDeadlineMs?: number;
  /** False when nobody reads partial texts; true by default. */
  readonly partials?: boolean;
}

export interface SttParts {
  /** Lent: it outlives the recogniser. */
  readonly host: InferenceHost;
  readonly manifest: ModelManifest;
  readonly thread: number;
  readonly limits: BatcherLimits;
  readonly clock: Clock;
  /** Words every utterance listens for, after its own. */
  readonly hotwords: readonly (string | Hotword)[];
}

/** New audio before the words so far are recognised again: about two words. A request to a server is dearer. */
const partialEveryMs = { local: 640, remote: 2_000 } as const;

/** The engine that is meant when a path or an address was given without one. */
export function sttEngineOf({ sttEngine, sttModelPath, sttBaseUrl }: Config): Config['sttEngine'] {
  if (sttEngine !== 'embedded') return sttEngine;
  if (sttModelPath !== null) return 'auto';
  return sttBaseUrl !== null ? 'remote' : 'embedded';
}

/**
 * Throws OPTION_INVALID, STT_UNAVAILABLE, MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or
 * PROVIDER_UNAVAILABLE.
 */
export async function openChosenStt(config: Config, parts: SttParts, purpose: SttPurpose): Promise<Stt> {
  const { maxUtteranceMs, sttTimeoutMs, maxQueueDepth, intraOpThreads } = config;
  const { clock, hotwords } = parts;
  const engine = sttEngineOf(config);
  const isReadWhileSpoken = purpose.partials !== false;
  const wantsPartials = config.sttPartials !== 'off' && isReadWhileSpoken;
  if (engine === 'embedded') {
    const { chunkFrames, chunkDeadlineMs } = purpose;
    return openStt({
      ...parts,
      maxUtteranceMs,
      precision: config.sttPrecision,
      search: { beam: config.sttBeam },
      ...(chunkFrames === undefined ? {} : { chunkFrames }),
      ...(chunkDeadlineMs === undefined ? {} : { chunkDeadlineMs }),
      ...(wantsPartials ? {} : { previewFrames: 0 }),
    });
  }
  const writer = await openTranscriptWriter(parts.manifest);
  if (engine === 'remote') {
    return remoteStt({
      baseUrl: given(config, 'sttBaseUrl'),
      model: config.sttModel,
      apiKey: config.sttApiKey,
      clock,
      writer,
      hotwords,
      maxUtteranceMs,
      timeoutMs: sttTimeoutMs,
      partialEveryMs: config.sttPartials === 'on' && isReadWhileSpoken ? partialEveryMs.remote : null,
    });
  }
  const folder = await readModelFolder(given(config, 'sttModelPath'));
  const common = {
    folder,
    clock,
    writer,
    hotwords,
    maxUtteranceMs,
    deadlineMs: sttTimeoutMs,
    partialEveryMs: wantsPartials ? partialEveryMs.local : null,
  };
  const folderEngine = engineFor(folder, engine);
  if (folderEngine === 'ctc') return openCtcExport({ ...common, ...parts });
  return openThreadStt({ ...common, engine: folderEngine, maxQueueDepth, threads: intraOpThreads });
}

/** What was asked for must not contradict what the folder says it is. */
function engineFor({ path, engine, files }: ModelFolder, wanted: FolderEngine | 'auto'): FolderEngine {
  const isDeclared = files.includes('model.json');
  if (wanted === 'auto') {
    if (engine !== undefined) return engine;
    throw new AttuneError('OPTION_INVALID', `what recogniser is in ${path} cannot be told from its files`, {
      field: 'sttEngine',
      hint: 'Set sttEngine to ctc, transformers or sherpa, or write a model.json (docs/recognisers.md).',
    });
  }
  if (!isDeclared || engine === wanted) return wanted;
  throw new AttuneError('OPTION_INVALID', `model.json in ${path} is for ${engine}, not ${wanted}`, {
    field: 'sttEngine',
    hint: 'Leave sttEngine out or set it to what model.json says.',
  });
}

function given(config: Config, name: 'sttBaseUrl' | 'sttModelPath'): string {
  const value = config[name];
  if (value !== null) return value;
  throw new AttuneError('OPTION_INVALID', `sttEngine ${config.sttEngine} needs ${name}`, {
    field: name,
    hint: `Set ${flagOf(name)}.`,
  });
}
