/**
 * The file of tenants as text to be changed: keys come and go, comments and everything else stay.
 *
 * A changed file is checked before it takes the place of the old one, at once and readable by its owner alone. A server
 * that runs with it takes the change up by itself.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Document, isSeq, parseDocument, YAMLSeq } from 'yaml';
import { AttuneError } from '../core/errors.js';
import { digestOf, idOf, keyScopes, type KeyLimits, type KeyScope } from './api-key.js';
import { digestPattern, parseTenants, type KeyEntry } from './tenants-schema.js';

export interface ListedKey {
  readonly tenant: string;
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly KeyScope[];
  readonly limits: Partial<KeyLimits>;
}

export interface NewKey {
  readonly tenant: string;
  readonly key: string;
  readonly name?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
  readonly limits?: { readonly [Name in keyof KeyLimits]?: number | undefined };
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
  const found = (await listKeys(file)).filter(({ id, name }) => id === which || name === which);
  const [key] = found;
  if (key === undefined || found.length > 1)
    throw new AttuneError('TENANTS_INVALID', `${found.length} keys are called '${which}'`, { field: 'key' });
  const document = await documentIn(file);
  const keys = (parseTenants(document.toJS(), file).tenants[key.tenant]?.keys ?? []).map(idOfEntry);
  document.deleteIn(['tenants', key.tenant, 'keys', keys.indexOf(key.id)]);
  await save(file, document);
  return key;
}

/** Throws TENANTS_INVALID. */
export async function listKeys(file: string): Promise<readonly ListedKey[]> {
  const { tenants } = parseTenants((await documentIn(file)).toJS(), file);
  return Object.entries(tenants).flatMap(([tenant, { keys }]) =>
    keys.map((entry) => {
      const { key, name = null, scopes = keyScopes, ...limits } = typeof entry === 'string' ? { key: entry } : entry;
      return { tenant, id: idOfEntry({ key }), name, scopes, limits: limits as Partial<KeyLimits> };
    }),
  );
}

function idOfEntry(entry: string | Pick<KeyEntry, 'key'>): string {
  const key = typeof entry === 'string' ? entry : entry.key;
  const digest = digestPattern.exec(key)?.[1];
  return digest === undefined ? idOf(digestOf(key)) : digest.slice(0, 12);
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
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault)
    throw new AttuneError('TENANTS_INVALID', `${file}: ${fault.message}`, { field: 'tenantsFile', cause: fault });
  return document;
}

async function save(file: string, document: Document): Promise<void> {
  parseTenants(document.toJS(), file);
  const next = `${file}.next`;
  await writeFile(next, document.toString({ lineWidth: 0 }), { mode: 0o600 });
  await rename(next, file);
}
