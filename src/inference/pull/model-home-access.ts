/**
 * Writing to the model home: whether there is room, and what it is called when the disk refuses.
 */
import { mkdir, rename, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AttuneError } from '../../core/errors.js';

/** Left free beside the download; the rest of the machine needs some. */
const spareBytes = 64 * 1024 * 1024;

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'may not be written to',
  EPERM: 'may not be written to',
  EROFS: 'is on a read-only disk',
  ENOTDIR: 'has a file where a folder should be',
  EEXIST: 'has a file where a folder should be',
  EISDIR: 'has a folder where a file should be',
  ENOSPC: 'has no room left',
  EDQUOT: 'has no room left',
};

/** Runs something on the disk. Throws MODEL_HOME_UNUSABLE for what the disk refuses, other errors as they are. */
export async function onDisk<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const refusal = refusals[(error as NodeJS.ErrnoException).code ?? ''];
    if (refusal === undefined) throw error;
    throw new AttuneError('MODEL_HOME_UNUSABLE', `${folder} ${refusal}`, { field: 'modelHome', cause: error });
  }
}

/** Makes the folder. Throws MODEL_HOME_UNUSABLE when that fails or `neededBytes` do not fit. */
export async function prepareFolder(folder: string, { neededBytes }: { readonly neededBytes: number }): Promise<void> {
  await onDisk(folder, async () => mkdir(folder, { recursive: true }));
  const { bavail, bsize } = await onDisk(folder, async () => statfs(folder));
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes + spareBytes) return;
  throw new AttuneError(
    'MODEL_HOME_UNUSABLE',
    `${folder} has room for ${Math.floor(freeBytes / 1e6)} MB, and ${Math.ceil((neededBytes + spareBytes) / 1e6)} MB are needed`,
    { field: 'modelHome' },
  );
}

/** Writes a small file whole or not at all. Throws MODEL_HOME_UNUSABLE. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await onDisk(path.dirname(file), async () => {
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
  });
}
