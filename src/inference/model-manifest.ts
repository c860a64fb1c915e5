/**
 * The list of models: where each file is, what it must hash to, under which licence it is and what goes in and out.
 *
 * `models/manifest.json` is written by `training/write-manifest.ts`. A file is relative to the manifest's folder, or
 * `npm:package/path` for one that a package brings along and that is never copied.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';

const signature = z.strictObject({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.union([z.number(), z.string()])),
});

const modelEntry = z.strictObject({
  name: z.string(),
  /** `onnx` is loaded by an engine, `data` by its stage. */
  kind: z.enum(['onnx', 'data']),
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  bytes: z.number().int().positive(),
  licence: z.string(),
  source: z.string(),
  card: z.string().optional(),
  inputs: z.array(signature).optional(),
  outputs: z.array(signature).optional(),
});

const manifestSchema = z.strictObject({ models: z.array(modelEntry) });

export type ModelEntry = z.infer<typeof modelEntry>;

export type ModelVerdict = 'ok' | 'missing' | 'corrupt';

export class ModelManifest {
  readonly models: readonly ModelEntry[];
  readonly #folder: string;

  private constructor(folder: string, models: readonly ModelEntry[]) {
    this.#folder = folder;
    this.models = models;
  }

  /** Reads `manifest.json` of a folder. Throws MODEL_MISSING or MODEL_CORRUPT. */
  static async read(folder: string): Promise<ModelManifest> {
    const file = path.join(folder, 'manifest.json');
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      throw new AttuneError('MODEL_MISSING', `there is no model manifest in ${folder}`, { field: file, cause: error });
    }
    try {
      return new ModelManifest(folder, manifestSchema.parse(JSON.parse(text)).models);
    } catch (error) {
      throw new AttuneError('MODEL_CORRUPT', `the model manifest ${file} cannot be read`, {
        field: file,
        cause: error,
      });
    }
  }

  /** Throws MODEL_UNKNOWN. */
  find(name: string): ModelEntry {
    const entry = this.models.find((model) => model.name === name);
    if (entry) return entry;
    const known = this.models.map((model) => model.name).join(', ');
    throw new AttuneError('MODEL_UNKNOWN', `there is no model '${name}'; there are ${known}`, { field: name });
  }

  /** Where a model's file should be; whether it is there is another question. */
  pathOf(entry: ModelEntry): string {
    if (!entry.file.startsWith('npm:')) return path.join(this.#folder, entry.file);
    const specifier = entry.file.slice('npm:'.length);
    try {
      return createRequire(import.meta.url).resolve(specifier);
    } catch (error) {
      throw new AttuneError('MODEL_MISSING', `the package that brings ${entry.name} is not installed`, {
        field: specifier,
        cause: error,
      });
    }
  }

  /** The path of a file that is there and hashes to what the manifest says. Throws MODEL_MISSING or MODEL_CORRUPT. */
  async verifiedPath(name: string): Promise<string> {
    const entry = this.find(name);
    const verdict = await this.verify(entry);
    if (verdict === 'ok') return this.pathOf(entry);
    const code = verdict === 'missing' ? 'MODEL_MISSING' : 'MODEL_CORRUPT';
    throw new AttuneError(code, `the file of model '${name}' is ${verdict}`, { field: entry.file });
  }

  /** Size and checksum of one file; `corrupt` also stands for one that may not be read. Never rejects. */
  async verify(entry: ModelEntry): Promise<ModelVerdict> {
    try {
      const file = this.pathOf(entry);
      const { size } = await stat(file);
      return size === entry.bytes && (await sha256Of(file)) === entry.sha256 ? 'ok' : 'corrupt';
    } catch (error) {
      const isMissing = error instanceof AttuneError || (error as NodeJS.ErrnoException).code === 'ENOENT';
      return isMissing ? 'missing' : 'corrupt';
    }
  }
}

/** Hexadecimal SHA-256 of a file, read as a stream. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(file)) hash.update(block as Buffer);
  return hash.digest('hex');
}
