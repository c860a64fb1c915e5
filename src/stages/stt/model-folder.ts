/**
 * A recogniser's folder as a user brings it: `model.json` says which engine it is for, else the names of its files do.
 *
 * `{"name": "…", "engine": "ctc" | "transformers" | "sherpa", "options": {…}}`; the options are the engine's and checked by
 * it. Nothing is loaded here.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../../core/errors.js';

const engines = ['ctc', 'transformers', 'sherpa'] as const;

export type FolderEngine = (typeof engines)[number];

/** Further keys, as a download's source and checksums, belong to whoever wrote them. */
const modelFileSchema = z.looseObject({
  name: z.string().optional(),
  engine: z.enum(engines),
  options: z.record(z.string(), z.unknown()).optional(),
});

export interface ModelFolder {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Undefined when neither model.json nor the names say. */
  readonly engine: FolderEngine | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** Relative to the folder, with `/`, sorted; not those of hidden folders. */
  readonly files: readonly string[];
}

/** A model's folder has tens of files; a wrong path may hold the whole disk. */
const maxFileCount = 2_000;
const maxDepth = 3;

/** Throws MODEL_MISSING for a folder that cannot be read and MODEL_CORRUPT for a model.json that does not fit. */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  const path = resolve(folder);
  const files = await filesIn(path);
  if (!files.includes('model.json')) {
    return { name: basename(path), path, engine: engineOf(files), options: {}, files };
  }
  const file = join(path, 'model.json');
  try {
    const { name, engine, options } = modelFileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return { name: name ?? basename(path), path, engine, options: options ?? {}, files };
  } catch (cause) {
    throw new AttuneError('MODEL_CORRUPT', `${file} does not describe a recogniser`, {
      field: file,
      hint: `It must be {"name":…,"engine":"${engines.join('"|"')}","options":{…}}.`,
      cause,
    });
  }
}

function engineOf(files: readonly string[]): FolderEngine | undefined {
  const has = (pattern: RegExp): boolean => files.some((file) => pattern.test(file));
  if (has(/^onnx\/(encoder|decoder)_model.*\.onnx$/u) && files.includes('config.json')) return 'transformers';
  const isCtcFile = /^(onnx\/)?model[^/]*\.onnx$/u;
  if (has(isCtcFile) && has(/^(vocab\.json|tokens\.txt)$/u) && !has(/(encoder|decoder|joiner)[^/]*\.onnx$/u))
    return 'ctc';
  if (has(/tokens\.txt$/u) && has(/\.(onnx|ort)$/u)) return 'sherpa';
  return undefined;
}

async function filesIn(root: string): Promise<readonly string[]> {
  const files: string[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= maxFileCount) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth < maxDepth && !entry.name.startsWith('.')) await visit(path, depth + 1);
      } else {
        files.push(relative(root, path).split(sep).join('/'));
      }
    }
  };
  try {
    await visit(root, 0);
  } catch (cause) {
    throw new AttuneError('MODEL_MISSING', `the folder ${root} cannot be read`, {
      field: 'sttModelPath',
      hint: 'Check the path of --stt-model-path; `attune models pull NAME` says where it puts a model.',
      cause,
    });
  }
  return files;
}
