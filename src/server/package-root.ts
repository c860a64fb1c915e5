/**
 * Where Attune is installed: the folder of its package.json, whether the code runs from src/ or from dist/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../core/assert.js';

/** Absolute path of the package's folder. */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Version in package.json. */
export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  assert(parent !== folder, 'no package.json above the code');
  return findRoot(parent);
}
