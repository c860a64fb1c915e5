/**
 * A pulled model on the disk: `<model home>/<name>/` with its files and, once all of them are whole, `model.json`.
 *
 * `model.json` is the contract with the recognisers: engine, options for it, and for every file its role, path, size
 * and SHA-256. A folder without it is an unfinished pull. Nothing here reaches the network.
 */
import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import { sha256Of, type ModelVerdict } from './model-manifest.js';

export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/u, 'must be 64 lower-case hexadecimal digits');

/** The folder's name, hence no separator and no leading dot. */
export const pulledFolderName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/u, 'must be lower-case letters, digits, dots, dashes and underlines');

const reserved = /(^model\.json$|\.part(\.json)?$)/iu;

/** Relative, with `/`, and inside the folder whatever it says. */
export const pulledFilePath = z
  .string()
  .max(200)
  .refine(
    (file) => file.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/u.test(part)),
    'must be a relative path inside the folder of the model',
  )
  .refine((file) => !reserved.test(file), 'is a name that pulling uses itself');

const pulledFile = z.strictObject({
  role: z.string(),
  path: pulledFilePath,
  bytes: z.number().int().positive(),
  sha256: sha256Text,
});

const pulledModelSchema = z.strictObject({
  name: pulledFolderName,
  engine: z.enum(['ctc', 'transformers', 'sherpa']),
  options: z.record(z.string(), z.json()),
  licence: z.strictObject({ id: z.string(), url: z.string(), meaning: z.string() }),
  homepage: z.string(),
  languages: z.array(z.string()),
  files: z.array(pulledFile).min(1),
});

export type PulledFile = z.infer<typeof pulledFile>;
export type PulledModelFacts = z.infer<typeof pulledModelSchema>;

export class PulledModel {
  /** Absolute. */
  readonly folder: string;
  readonly facts: PulledModelFacts;

  private constructor(folder: string, facts: PulledModelFacts) {
    this.folder = folder;
    this.facts = facts;
  }

  /** Reads `model.json`; does not read the files. Throws MODEL_MISSING or MODEL_CORRUPT. */
  static async read(folder: string): Promise<PulledModel> {
    const file = path.join(folder, 'model.json');
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new AttuneError('MODEL_MISSING', `there is no pulled model in ${folder}`, {
        field: file,
        hint: 'Pull it with `attune models pull`.',
        cause: error,
      });
    }
    try {
      return new PulledModel(path.resolve(folder), pulledModelSchema.parse(JSON.parse(text)));
    } catch (error) {
      throw new AttuneError('MODEL_CORRUPT', `${file} cannot be read`, {
        field: file,
        hint: 'Remove the model with `attune models remove` and pull it again.',
        cause: error,
      });
    }
  }

  /** Absolute path of the file with a role. Throws MODEL_CORRUPT when the model has none. */
  pathOf(role: string): string {
    const file = this.facts.files.find((candidate) => candidate.role === role);
    if (file) return path.join(this.folder, file.path);
    throw new AttuneError('MODEL_CORRUPT', `the model '${this.facts.name}' has no file for the role ${role}`, {
      field: role,
    });
  }

  /** Size and checksum of one of its files. Never rejects. */
  async verify({ path: file, bytes, sha256 }: PulledFile): Promise<ModelVerdict> {
    return judgeFile(path.join(this.folder, file), { bytes, sha256 });
  }
}

/** Whether a file is there and is what it should be; `corrupt` also stands for one that may not be read. */
export async function judgeFile(
  file: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
): Promise<ModelVerdict> {
  try {
    const { size } = await stat(file);
    return size === bytes && (await sha256Of(file)) === sha256 ? 'ok' : 'corrupt';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'corrupt';
  }
}

/** Hexadecimal name that Git gives a file: SHA-1 over `blob <size>`, a zero byte and the content. */
export async function gitBlobNameOf(file: string, { bytes }: { readonly bytes: number }): Promise<string> {
  const hash = createHash('sha1').update(`blob ${bytes}\0`);
  for await (const block of createReadStream(file)) hash.update(block as Buffer);
  return hash.digest('hex');
}

/** Names of the folders in a model home that hold a pull, finished or not, sorted; none when there is no such folder. */
export async function pulledNames(modelHome: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(modelHome, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && pulledFolderName.safeParse(entry.name).success)
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AttuneError('FILE_UNREADABLE', `the folder ${modelHome} cannot be read`, {
      field: 'modelHome',
      cause: error,
    });
  }
}

/** Whether a model of that name lies in the model home: `partial` has a folder and no `model.json` that can be read. */
export async function stateOf(modelHome: string, name: string): Promise<'absent' | 'partial' | 'pulled'> {
  if (!(await pulledNames(modelHome)).includes(name)) return 'absent';
  try {
    await PulledModel.read(path.join(modelHome, name));
    return 'pulled';
  } catch {
    return 'partial';
  }
}

export interface Removal {
  readonly removedBytes: number;
  /** Paths inside the folder that pulling did not put there, and that were left. */
  readonly left: readonly string[];
}

/**
 * Deletes what pulling put into the folder of a model, and the folder when nothing else is in it.
 * @param listed paths that a catalogue lists, for a pull that never finished. Throws MODEL_MISSING.
 */
export async function removePulled(modelHome: string, name: string, listed: readonly string[] = []): Promise<Removal> {
  const folder = path.join(modelHome, name);
  if (!(await pulledNames(modelHome)).includes(name)) {
    throw new AttuneError('MODEL_MISSING', `no model '${name}' was pulled to ${modelHome}`, {
      field: name,
      hint: 'See `attune models list`.',
    });
  }
  const model = await PulledModel.read(folder).catch(() => undefined);
  const own = new Set([...listed, ...(model?.facts.files.map((file) => file.path) ?? [])]);
  const present = (await readdir(folder, { recursive: true, withFileTypes: true })).map((entry) => ({
    file: path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    isFolder: entry.isDirectory(),
  }));
  let removedBytes = 0;
  const left: string[] = [];
  for (const { file, isFolder } of present) {
    if (isFolder) continue;
    if (own.has(file) || reserved.test(file)) {
      removedBytes += (await stat(path.join(folder, file))).size;
      await rm(path.join(folder, file));
    } else {
      left.push(file);
    }
  }
  const folders = present.filter(({ isFolder }) => isFolder).map(({ file }) => path.join(folder, file));
  for (const emptied of [...folders.sort().reverse(), folder]) await rmdir(emptied).catch(() => undefined);
  return { removedBytes, left };
}
