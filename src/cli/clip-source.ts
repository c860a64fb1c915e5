/**
 * Finds the recordings of a list: in a folder, or inside an archive that has the name of their corpus.
 *
 * `folder/file` comes first, in the order of the folders, then the member `file` of `folder/CORPUS.tar`; without a corpus
 * the file's first folder stands for it. Archives are opened when first needed and kept open.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AttuneError } from '../core/errors.js';
import type { ManifestClip } from './speech-manifest.js';
import { TarArchive } from './tar-archive.js';

export class ClipSource implements AsyncDisposable {
  readonly #folders: readonly string[];
  readonly #archives = new Map<string, Promise<TarArchive | undefined>>();

  /** @param folders searched in this order */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** The bytes of a recording. Throws FILE_UNREADABLE or ARCHIVE_CORRUPT. */
  async read({ file, corpus }: Pick<ManifestClip, 'file' | 'corpus'>): Promise<Uint8Array> {
    for (const folder of this.#folders) {
      const bytes = await readFile(path.resolve(folder, file)).catch(() => undefined);
      if (bytes !== undefined) return bytes;
    }
    const archiveName = `${corpus ?? file.replace(/^\.\//u, '').split('/')[0] ?? ''}.tar`;
    for (const folder of this.#folders) {
      const archive = await this.#archive(path.join(folder, archiveName));
      const bytes = await archive?.read(file);
      if (bytes !== undefined) return bytes;
    }
    const message = `the recording is neither in ${this.#folders.join(' or ')} nor in an archive ${archiveName} there`;
    throw new AttuneError('FILE_UNREADABLE', message, { field: file });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const archives = [...this.#archives.values()];
    this.#archives.clear();
    for (const archive of archives) await (await archive.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  /** Undefined when there is no such archive; a damaged one fails every clip that would be in it. */
  #archive(file: string): Promise<TarArchive | undefined> {
    const known = this.#archives.get(file);
    if (known) return known;
    const opened = TarArchive.open(file).catch((error: unknown) => {
      if (error instanceof AttuneError && error.code === 'FILE_UNREADABLE') return undefined;
      throw error;
    });
    // Met by whoever asks for a clip.
    opened.catch(() => undefined);
    this.#archives.set(file, opened);
    return opened;
  }
}
