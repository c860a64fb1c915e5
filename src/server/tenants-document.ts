/**
 * The file of tenants as text to be changed: keys come and go, comments and everything else stay.
 *
 * A changed file is checked before it takes the place of the old one, at once and readable by its owner alone. A server
 * that runs with it takes the change up by itself.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Document, isSeq, parseDocument, YAMLSeq } from 'yaml';
import { AttuneError } from '../core/errors.js';
import { digestOf, type KeyScope } from './api-key.js';
import { parseTenants, readKey, type KeyEntry, type ReadKey } from './tenants-schema.js';

export interface ListedKey {
  readonly tenant: string;
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly KeyScope[];
  /** Those that are said. */
  readonly limits: ReadKey['limits'];
}

export interface NewKey {
  readonly tenant: string;
  readonly key: string;
  readonly name?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
  readonly limits?: ReadKey['limits'];
}

/** How a key stands in the file: its digest, and what was said of it. */
export function entryOf({ key, name, scopes, limits = {} }: NewKey): KeyEntry {
  const said = { name, scopes: scopes && [...scopes], ...limits };
  const defined = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  return { key: `sha256:${digestOf(key).toString('hex')}`, ...defined };
}

/** Adds a key; makes the file and the tenant when they are missing. Throws TENANTS_INVALID. */
export async function addKey(file: string, key: NewKey): Promise<void> {
  const document = await documentIn(file, new Document({ tenants: {} }));
  const path = ['tenants', key.tenant, 'keys'];
  if (!isSeq(document.getIn(path))) document.setIn(path, new YAMLSeq());
  document.addIn(path, document.createNode(entryOf(key)));
  await save(file, document);
}

/** Takes a key away, by its id or name. Throws TENANTS_INVALID when there is none, more than one, or it is a tenant's last. */
export async function removeKey(file: string, which: string): Promise<ListedKey> {
  const document = await documentIn(file);
  const listed = keysIn(document, file);
  const found = listed.filter(({ id, name }) => id === which || name === which);
  const [key] = found;
  if (key === undefined || found.length > 1)
    throw new AttuneError('TENANTS_INVALID', `${found.length} keys are called '${which}'`, { field: 'key' });
  const index = listed.filter(({ tenant }) => tenant === key.tenant).indexOf(key);
  document.deleteIn(['tenants', key.tenant, 'keys', index]);
  await save(file, document);
  return key;
}

/** Throws TENANTS_INVALID. */
export async function listKeys(file: string): Promise<readonly ListedKey[]> {
  return keysIn(await documentIn(file), file);
}

function keysIn(document: Document, file: string): readonly ListedKey[] {
  const { tenants } = parseTenants(document.toString(), file);
  return Object.entries(tenants).flatMap(([tenant, { keys }]) =>
    keys.map(readKey).map(({ id, name, scopes, limits }) => ({ tenant, id, name, scopes, limits })),
  );
}

/** @param missing for a file that is not there. */
async function documentIn(file: string, missing?: Document): Promise<Document> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (missing !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return missing;
    throw new AttuneError('TENANTS_INVALID', `cannot read ${file}`, { field: 'tenantsFile', cause: error });
  }
  parseTenants(text, file);
  return parseDocument(text);
}

async function save(file: string, document: Document): Promise<void> {
  parseTenants(document.toString(), file);
  const next = `${file}.next`;
  await writeFile(next, document.toString({ lineWidth: 0 }), { mode: 0o600 });
  await rename(next, file);
}
