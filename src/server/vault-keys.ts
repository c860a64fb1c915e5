/**
 * The keys that seal what is kept: from the configuration, from a file, or, for a file of this server alone, made beside it.
 *
 * A key made here is readable by the owner alone: better than nothing sealed, weaker than a key that lies elsewhere, and
 * said in the log.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { Vault } from '../memory/vault.js';
import type { Config } from './option-table.js';

export interface VaultKeyOptions extends Pick<Config, 'memoryKey' | 'memoryKeyFile'> {
  /** The file that is sealed; null for a shared store, which needs a key that all its servers have. */
  readonly sealedFile: string | null;
  /** What the log calls it, as `the memory of people`. */
  readonly what: string;
}

/** Throws MEMORY_KEY_INVALID, or MEMORY_UNAVAILABLE when a key cannot be written. */
export async function vaultOf(options: VaultKeyOptions, logger: Logger): Promise<Vault> {
  return Vault.fromText(await keysOf(options, logger));
}

async function keysOf(options: VaultKeyOptions, logger: Logger): Promise<string> {
  if (options.memoryKey !== null) return options.memoryKey;
  if (options.memoryKeyFile !== null) return read(options.memoryKeyFile);
  if (options.sealedFile === null) {
    throw new AttuneError('MEMORY_KEY_INVALID', 'a shared memory needs a key that all its servers have', {
      field: 'memoryKey',
    });
  }
  return ownKey(`${options.sealedFile}.key`, options.what, logger);
}

/** The key beside the database, made where there is none. It appears whole or not at all: others may start at the same time. */
async function ownKey(file: string, what: string, logger: Logger): Promise<string> {
  const key = Vault.newKey();
  const draft = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, `${key}\n`, { flag: 'wx', mode: 0o600, flush: true });
    await link(draft, file).catch(async (error: unknown) => {
      if (hasCode(error, 'EEXIST')) throw error;
      // A file system without hard links.
      await writeFile(file, `${key}\n`, { flag: 'wx', mode: 0o600 });
    });
    logger.warn(`a key was made for ${what}; keep it elsewhere with ATTUNE_MEMORY_KEY`, { file });
    return key;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return await read(file);
    throw new AttuneError('MEMORY_UNAVAILABLE', `the key file ${file} cannot be written`, {
      field: 'memoryPath',
      cause: error,
    });
  } finally {
    await rm(draft, { force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AttuneError('MEMORY_KEY_INVALID', `the key file ${file} cannot be read`, {
      field: 'memoryKeyFile',
      cause: error,
    });
  }
}
