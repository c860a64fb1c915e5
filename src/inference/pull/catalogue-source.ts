/**
 * A catalogue from a file or an address.
 */
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { Scope } from '../../core/scope.js';
import { ModelCatalogue } from '../model-catalogue.js';
import { exchange } from './http-exchange.js';
import { withRetries } from './transient-failure.js';

/** Room for some thousand models. */
const largestCatalogueBytes = 4 * 1024 * 1024;

/** @param source path, or address with a scheme. Throws CATALOGUE_INVALID, FILE_UNREADABLE and what `exchange` does. */
export async function readCatalogue(
  source: string,
  { clock, scope }: { readonly clock: Clock; readonly scope: Scope },
): Promise<ModelCatalogue> {
  if (/^[a-z][a-z0-9+.-]*:\/\//iu.test(source)) {
    const fetched = withRetries(() => exchange(source, { method: 'GET', clock, scope }, textOf), {
      clock,
      signal: scope.signal,
      what: source,
    });
    return ModelCatalogue.parse(await fetched, source);
  }
  try {
    return ModelCatalogue.parse(await readFile(source, 'utf8'), source);
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw new AttuneError('FILE_UNREADABLE', `the catalogue ${source} cannot be read`, { field: source, cause: error });
  }
}

async function textOf({ body }: Response, alive: () => void): Promise<string> {
  const blocks: Uint8Array[] = [];
  let bytes = 0;
  for await (const block of body ?? []) {
    alive();
    blocks.push(block);
    bytes += blocks.at(-1)?.length ?? 0;
    if (bytes > largestCatalogueBytes) throw new AttuneError('CATALOGUE_INVALID', 'the catalogue is too large');
  }
  return Buffer.concat(blocks).toString('utf8');
}
