/**
 * Where transcripts go and in which form: the terminal, one file for all of them, or a folder with a file for each.
 *
 * Text for a person is `transcribe.ts`'s; here is what programs and players read. Subtitles of several recordings need a
 * folder, because their times count from the start of each.
 */
import { open, stat, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AttuneError } from '../core/errors.js';
import { formatSubtitles, writtenWords, type TimedWord } from './subtitles.js';

export const transcriptFormats = ['text', 'json', 'srt', 'vtt'] as const;
export type TranscriptFormat = (typeof transcriptFormats)[number];

/** What the forms need of a transcription; JSON writes all that is there. */
export interface WritableTranscript {
  readonly file: string;
  readonly text: string;
  readonly words: readonly TimedWord[];
}

/** A transcript in its form, line end included. */
export function formatTranscription(transcript: WritableTranscript, format: TranscriptFormat): string {
  switch (format) {
    case 'text':
      return `${transcript.text}\n`;
    case 'json':
      return `${JSON.stringify(transcript)}\n`;
    case 'srt':
    case 'vtt':
      return formatSubtitles(writtenWords(transcript.text, transcript.words), format);
  }
}

export interface TranscriptOutputOptions {
  readonly format: TranscriptFormat;
  /** A file, or a folder that exists. */
  readonly out: string;
  readonly files: readonly string[];
}

export class TranscriptOutput implements AsyncDisposable {
  readonly #options: TranscriptOutputOptions;
  /** The one file of all; undefined for a folder. */
  readonly #handle: FileHandle | undefined;

  private constructor(options: TranscriptOutputOptions, handle: FileHandle | undefined) {
    this.#options = options;
    this.#handle = handle;
  }

  /** Opens the file before any work is done. Throws OPTION_INVALID or FILE_UNREADABLE. */
  static async open(options: TranscriptOutputOptions): Promise<TranscriptOutput> {
    const { out } = options;
    const isFolder = await stat(out).then(
      (found) => found.isDirectory(),
      () => false,
    );
    checkOutput(options, isFolder);
    if (isFolder) return new TranscriptOutput(options, undefined);
    const handle = await open(out, 'w').catch((cause: unknown) => {
      throw new AttuneError('FILE_UNREADABLE', 'the file cannot be written', { field: out, cause });
    });
    return new TranscriptOutput(options, handle);
  }

  /** Throws FILE_UNREADABLE. */
  async write(transcript: WritableTranscript): Promise<void> {
    const { format, out } = this.#options;
    const content = formatTranscription(transcript, format);
    const file = this.#handle ? out : path.join(out, nameIn(transcript.file, format));
    await (this.#handle ? this.#handle.write(content) : writeFile(file, content)).catch((cause: unknown) => {
      throw new AttuneError('FILE_UNREADABLE', 'the file cannot be written', { field: file, cause });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }
}

/** Subtitles of several recordings need a folder, and a folder needs names that differ. Throws OPTION_INVALID. */
export function checkOutput(
  { format, files }: Pick<TranscriptOutputOptions, 'format' | 'files'>,
  isFolder: boolean,
): void {
  if (isFolder) {
    const names = files.map((file) => nameIn(file, format));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return;
    throw new AttuneError('OPTION_INVALID', `two recordings would be written to ${twice}`, {
      field: 'out',
      hint: 'Give the recordings different names, or use one output file.',
    });
  }
  if (files.length === 1 || format === 'text' || format === 'json') return;
  throw new AttuneError('OPTION_INVALID', `${format} of several recordings needs a folder`, {
    field: 'out',
    hint: 'Give --out a folder that exists: every recording gets a file in it.',
  });
}

function nameIn(file: string, format: TranscriptFormat): string {
  const name = file === '-' ? 'stdin' : path.parse(file).name;
  return `${name}.${format === 'text' ? 'txt' : format}`;
}
