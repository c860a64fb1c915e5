/**
 * Lists of labelled examples: a TSV file with a header, plain or compressed with xz.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { AttuneError } from '../core/errors.js';

/** A line by the names of its columns. */
export type ListRow = Readonly<Record<string, string>>;

const mostBytes = 1 << 28;

/** Throws FILE_UNREADABLE, or MANIFEST_INVALID when a column of `needed` is missing; `field` names the list. */
export async function readLabelledList(path: string, needed: readonly string[]): Promise<readonly ListRow[]> {
  const text = await (path.endsWith('.xz') ? decompressed(path) : readFile(path, 'utf8')).catch((cause: unknown) => {
    const hint = path.endsWith('.xz') ? { hint: 'Lists that end in .xz need the program xz.' } : {};
    throw new AttuneError('FILE_UNREADABLE', 'the list cannot be read', { field: path, cause, ...hint });
  });
  return parseLabelledList(text, { needed, field: path });
}

/** Throws MANIFEST_INVALID. */
export function parseLabelledList(
  text: string,
  { needed, field }: { readonly needed: readonly string[]; readonly field: string },
): readonly ListRow[] {
  const [header = '', ...lines] = text.replace(/^\ufeff/u, '').split(/\r?\n/u);
  const columns = header.split('\t').map((name) => name.trim());
  const missing = needed.find((name) => !columns.includes(name));
  if (missing !== undefined)
    throw new AttuneError('MANIFEST_INVALID', `the list has no column '${missing}'`, { field });
  const rows = lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const cells = line.split('\t');
      return Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
    });
  if (rows.length === 0) throw new AttuneError('MANIFEST_INVALID', 'the list holds no example', { field });
  return rows;
}

/** The rows of a split; all without one. Throws MANIFEST_INVALID when there is none. */
export function rowsOfSplit(rows: readonly ListRow[], split: string | undefined, field: string): readonly ListRow[] {
  if (split === undefined) return rows;
  const chosen = rows.filter((row) => row['split'] === split);
  if (chosen.length > 0) return chosen;
  const splits = [...new Set(rows.map((row) => row['split'] ?? 'none'))].join(', ');
  throw new AttuneError('MANIFEST_INVALID', `no example is of split ${split}; splits: ${splits}`, { field });
}

async function decompressed(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)('xz', ['-dc', path], { maxBuffer: mostBytes });
  return stdout;
}
