/**
 * Writes models/manifest.json from the model files and the facts only a person knows (licence, source, card).
 *
 * Run after training: `node --import=./bin/typescript-loader.js training/write-manifest.ts`. Sizes, checksums, inputs
 * and outputs are read from the files.
 */
import { stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { sha256Of, type ModelEntry } from '../src/inference/model-manifest.js';
import { modelFacts } from './model-facts.js';

const models = path.resolve(import.meta.dirname, '..', 'models');
const require = createRequire(import.meta.url);

function signatures(metadata: readonly InferenceSession.ValueMetadata[]): NonNullable<ModelEntry['inputs']> {
  return metadata.map((value) => ({
    name: value.name,
    dtype: value.isTensor ? value.type : 'other',
    shape: value.isTensor ? [...value.shape] : [],
  }));
}

const entries: ModelEntry[] = [];
for (const facts of modelFacts) {
  const file = facts.file.startsWith('npm:')
    ? require.resolve(facts.file.slice('npm:'.length))
    : path.join(models, facts.file);
  const entry: ModelEntry = { ...facts, sha256: await sha256Of(file), bytes: (await stat(file)).size };
  if (facts.kind === 'onnx') {
    const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
    Object.assign(entry, { inputs: signatures(session.inputMetadata), outputs: signatures(session.outputMetadata) });
    await session.release();
  }
  entries.push(entry);
}
await writeFile(path.join(models, 'manifest.json'), `${JSON.stringify({ models: entries }, undefined, 2)}\n`);
