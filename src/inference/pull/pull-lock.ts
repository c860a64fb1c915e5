/**
 * What was pulled before, by file: digest, where it came from and who vouched for it. Kept as `pulled.lock.json` in the
 * model home, also when a model is removed, so that a file without a published digest cannot change unseen.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../../core/errors.js';
import { sha256Text } from '../pulled-model.js';
import { writeWhole } from './model-home-access.js';

const lockedFile = z.strictObject({
  sha256: sha256Text,
  bytes: z.number().int().positive(),
  /** Who said the digest: the catalogue, the person pulling, the file's home, or nobody before the first download. */
  origin: z.enum(['catalogue', 'person', 'home', 'first-download']),
  /** As the catalogue lists it. */
  listedUrl: z.string(),
  /** As it was fetched, by commit where the home has commits. */
  url: z.string(),
});

const lockSchema = z.strictObject({ files: z.record(z.string(), lockedFile) });

export type LockedFile = z.infer<typeof lockedFile>;

export class PullLock {
  readonly #file: string;
  #files: Readonly<Record<string, LockedFile>>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, files: Readonly<Record<string, LockedFile>>) {
    this.#file = file;
    this.#files = files;
  }

  /** An empty one when there is none. Throws MODEL_CORRUPT for one that cannot be read. */
  static async read(modelHome: string): Promise<PullLock> {
    const file = path.join(modelHome, 'pulled.lock.json');
    try {
      return new PullLock(file, lockSchema.parse(JSON.parse(await readFile(file, 'utf8'))).files);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return new PullLock(file, {});
      throw new AttuneError('MODEL_CORRUPT', `${file} cannot be read`, {
        field: file,
        hint: 'Mend the file or delete it; then nothing is remembered of earlier pulls.',
        cause: error,
      });
    }
  }

  find(model: string, file: string): LockedFile | undefined {
    return this.#files[`${model}/${file}`];
  }

  /** Writes one entry. Resolves when it is on the disk. Throws MODEL_HOME_UNUSABLE. */
  record(model: string, file: string, entry: LockedFile): Promise<void> {
    return this.#change((files) => ({ ...files, [`${model}/${file}`]: entry }));
  }

  /** Drops the entries of a model. Throws MODEL_HOME_UNUSABLE. */
  forget(model: string): Promise<void> {
    return this.#change((files) =>
      Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith(`${model}/`))),
    );
  }

  #change(change: (files: Readonly<Record<string, LockedFile>>) => Record<string, LockedFile>): Promise<void> {
    this.#files = change(this.#files);
    const write = (): Promise<void> => writeWhole(this.#file, `${JSON.stringify({ files: this.#files }, null, 2)}\n`);
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}
