/**
 * Runs a tool over audio files: several at once, results in the order of the files, a bad file never stops the others.
 *
 * A file that fails is reported with its typed error and makes the exit status 1.
 */
import { buffer } from 'node:stream/consumers';
import { readAudioBytes, readAudioFile, type AudioClip } from '../audio/audio-file.js';
import { toAttuneError, type AttuneError } from '../core/errors.js';
import { inOrder } from './in-order.js';
import { reachesTenth } from './progress-bar.js';
import { terminal } from './terminal.js';
import { toolConcurrency } from './tool-stack.js';

/** 16 kHz mono. */
export interface NamedAudio {
  readonly file: string;
  readonly samples: Float32Array;
  /** Whole milliseconds, rounded up so that they hold every sample. */
  readonly durationMs: number;
}

export interface AudioFileTool<R extends object> {
  readonly files: readonly string[];
  readonly json: boolean;
  /** Files in work at one time; `toolConcurrency` by default, 1 when a file builds on the one before. */
  readonly concurrency?: number;
  readonly work: (audio: NamedAudio, signal: AbortSignal) => Promise<R>;
  /** Prints one result for a person; with `json` the object itself is printed behind its file's name. */
  readonly print: (audio: Pick<NamedAudio, 'file' | 'durationMs'>, result: R) => void;
  /** Takes every result instead of standard output. */
  readonly write?: (named: { readonly file: string } & R) => Promise<void>;
}

type Outcome<R> = { readonly file: string } & (
  { readonly durationMs: number; readonly result: R } | { readonly error: AttuneError }
);

/** Each file's error, as `--json` prints it. */
export interface FileErrorLine {
  readonly file: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** With this many files or more, standard error says how far the work is, unless the results themselves show it. */
const progressFromFiles = 10;

/** Resolves when every file has its result or error printed. */
export async function printAudioFileResults<R extends object>(tool: AudioFileTool<R>): Promise<void> {
  const { files, json, concurrency = toolConcurrency, print, write } = tool;
  const work = (file: string): Promise<Outcome<R>> => outcomeOf(file, tool.work);
  const outcomes =
    concurrency === 1 ? oneByOne(files, work) : inOrder<string, Outcome<R>>({ concurrency, source: () => files, work });
  const showProgress = files.length >= progressFromFiles && (write !== undefined || !terminal.interactive);
  let done = 0;
  for await (const outcome of outcomes) {
    if ('error' in outcome) complainAboutFile(outcome.file, outcome.error, json);
    else if (write) await write({ file: outcome.file, ...outcome.result });
    else if (json) terminal.json({ file: outcome.file, ...outcome.result });
    else print(outcome, outcome.result);
    done += 1;
    if (showProgress && reachesTenth(done - 1, done, files.length))
      terminal.complain(`${done} of ${files.length} files`);
  }
}

async function* oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): AsyncGenerator<R> {
  for (const item of items) yield await work(item);
}

async function outcomeOf<R extends object>(file: string, work: AudioFileTool<R>['work']): Promise<Outcome<R>> {
  try {
    const { samples, sampleRateHz } = await read(file);
    const durationMs = Math.ceil((samples.length * 1000) / sampleRateHz);
    const result = await work({ file, samples, durationMs }, new AbortController().signal);
    return { file, durationMs, result };
  } catch (error) {
    return { file, error: toAttuneError(error, 'INTERNAL') };
  }
}

/** `-` is standard input. */
async function read(file: string): Promise<AudioClip> {
  return file === '-' ? readAudioBytes(await buffer(process.stdin), { field: file }) : readAudioFile(file);
}

/** Says that a file failed, as an object or to standard error, and makes the exit status 1. */
export function complainAboutFile(file: string, { code, message, hint }: AttuneError, json: boolean): void {
  process.exitCode = 1;
  if (json) terminal.json({ file, error: { code, message, hint } } satisfies FileErrorLine);
  else terminal.complain(`${terminal.bad('error')} ${terminal.bold(code)}: ${file}: ${message} — ${hint}`);
}
