/**
 * Lists of recordings with what is said in them: a TSV file with a header, or two columns without one.
 *
 * With a header columns are found by name, in any order: `file` and `transcript`, and if it has them `split`, `speaker`,
 * `corpus` (others are passed over). Without one a line is a file, a tab and a transcript. Nothing is opened here but the
 * list itself.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../core/errors.js';

/** One recording of a list. Absent columns are null. */
export interface ManifestClip {
  /** As written: a path relative to a folder or inside an archive. */
  readonly file: string;
  readonly transcript: string;
  readonly split: string | null;
  readonly speaker: string | null;
  readonly corpus: string | null;
}

const optionalColumns = ['split', 'speaker', 'corpus'] as const;

/** Throws FILE_UNREADABLE or MANIFEST_INVALID with the path as `field`. */
export async function readSpeechManifest(path: string): Promise<readonly ManifestClip[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AttuneError('FILE_UNREADABLE', 'the manifest cannot be read', { field: path, cause });
  });
  return parseSpeechManifest(text, path);
}

/** Throws MANIFEST_INVALID; `field` names the list. */
export function parseSpeechManifest(text: string, field: string): readonly ManifestClip[] {
  const invalid = (message: string): AttuneError => new AttuneError('MANIFEST_INVALID', message, { field });
  const lines = text
    .replace(/^\ufeff/u, '')
    .split(/\r?\n/u)
    .map((line, index) => ({ cells: line.split('\t').map((cell) => cell.trim()), number: index + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const first = lines[0];
  if (first === undefined) throw invalid('the manifest holds no line');
  const hasHeader = first.cells.includes('file') || first.cells.includes('transcript');
  const columns = hasHeader ? first.cells : ['file', 'transcript'];
  for (const column of ['file', 'transcript']) {
    if (!columns.includes(column)) throw invalid(`the manifest has no column '${column}'`);
  }
  const clips = lines.slice(hasHeader ? 1 : 0).map(({ cells, number }) => {
    if (cells.length !== columns.length)
      throw invalid(`line ${number} has ${cells.length} columns instead of ${columns.length}`);
    const cell = (column: string): string => cells[columns.indexOf(column)] ?? '';
    const file = cell('file');
    if (file === '') throw invalid(`line ${number} names no file`);
    const [split = null, speaker = null, corpus = null] = optionalColumns.map((column) => cell(column) || null);
    return { file, transcript: cell('transcript'), split, speaker, corpus };
  });
  if (clips.length === 0) throw invalid('the manifest holds no recording');
  return clips;
}

/** The recordings of a split. Throws MANIFEST_INVALID when there is none. */
export function clipsOfSplit(clips: readonly ManifestClip[], split: string, field: string): readonly ManifestClip[] {
  const chosen = clips.filter((clip) => clip.split === split);
  if (chosen.length > 0) return chosen;
  const splits = [...new Set(clips.map((clip) => clip.split ?? 'none'))];
  throw new AttuneError('MANIFEST_INVALID', `no recording is of split ${split}; splits: ${splits.join(', ')}`, {
    field,
  });
}

/** At most `count` items, evenly spread over the list and always the same. */
export function evenlySpread<T>(items: readonly T[], count: number): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}
