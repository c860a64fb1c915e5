/**
 * The file of words every call listens for: company, product and people's names, one phrase a line.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../core/errors.js';
import { parseHotwordLines } from '../stages/stt/hotwords.js';

/** Its phrases as written; none without a file. Rejects with FILE_UNREADABLE. */
export async function readHotwordsFile(file: string | null): Promise<readonly string[]> {
  if (file === null) return [];
  try {
    return parseHotwordLines(await readFile(file, 'utf8'));
  } catch (error) {
    throw new AttuneError('FILE_UNREADABLE', `the hot words ${file} cannot be read`, {
      field: 'hotwordsFile',
      cause: error,
    });
  }
}
