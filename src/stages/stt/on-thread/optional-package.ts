/**
 * Packages that users install beside Attune: their names, the versions the adapters were written for, and how to say that
 * one is missing. They are loaded by dynamic import alone and stand in no package.json.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AttuneError } from '../../../core/errors.js';

export interface OptionalPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

export const optionalSttPackages = {
  transformers: { name: '@huggingface/transformers', version: '4.3.1', licence: 'Apache-2.0' },
  sherpa: { name: 'sherpa-onnx-node', version: '1.13.8', licence: 'Apache-2.0' },
} as const satisfies Record<string, OptionalPackage>;

/** The module of a package. Rejects with STT_UNAVAILABLE when it is not installed or does not load on this machine. */
export async function importOptional(
  wanted: OptionalPackage,
  importModule: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<unknown> {
  try {
    return await importModule(wanted.name);
  } catch (cause) {
    throw sttUnavailable(wanted, cause);
  }
}

/** Version of a package that is installed where Attune finds it, or undefined. */
export function installedVersion(name: string): string | undefined {
  // The package's own exports may hide its package.json, so its folder is looked for where Node would.
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

function sttUnavailable({ name, version, licence }: OptionalPackage, cause: unknown): AttuneError {
  const isMissing = (cause as { readonly code?: unknown } | undefined)?.code === 'ERR_MODULE_NOT_FOUND';
  return new AttuneError('STT_UNAVAILABLE', `the package ${name} ${isMissing ? 'is not installed' : 'does not load'}`, {
    field: 'sttEngine',
    hint: `Run \`npm install --no-save ${name}@${version}\` (${licence}) beside Attune, or choose another sttEngine.`,
    cause,
  });
}
