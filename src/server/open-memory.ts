/**
 * Opens the memory that a configuration asks for: its store, and the keys that seal it.
 *
 * Without a key in the environment or a key file, the embedded store makes one of its own beside the database, readable by
 * the owner alone: better than a memory that nobody switches on, weaker than a key that lies elsewhere, and said in the log.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { EmotionalMemory } from '../memory/emotional-memory.js';
import type { MemoryStore } from '../memory/memory-store.js';
import { Vault } from '../memory/vault.js';
import type { AuditTrail } from '../privacy/audit-log.js';
import type { Config } from './option-table.js';

type MemoryConfig = Pick<Config, 'memory' | 'memoryPath' | 'memoryUrl' | 'memoryKey' | 'memoryKeyFile'>;

/** Null when the configuration wants none. Throws MEMORY_UNAVAILABLE, MEMORY_KEY_INVALID or MEMORY_SEALED. */
export async function openMemory(
  config: MemoryConfig,
  parts: { readonly clock: Clock; readonly logger: Logger; readonly audit: AuditTrail | null; readonly actor: string },
): Promise<EmotionalMemory | null> {
  if (config.memory === 'off') return null;
  const vault = Vault.fromText(await keysOf(config, parts.logger));
  const store = await openStore(config, parts);
  try {
    const { clock, audit, actor } = parts;
    return await EmotionalMemory.open({ store, vault, clock, audit, actor });
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** Loads the one client library that is needed. */
async function openStore(
  config: MemoryConfig,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<MemoryStore> {
  if (config.memory === 'redis') {
    const { RedisMemoryStore } = await import('../memory/redis-memory-store.js');
    const store = await RedisMemoryStore.open(config.memoryUrl, { clock });
    const settings = await store.weakSettings();
    if (settings !== null && settings.length > 0) {
      logger.warn('Redis may lose what it acknowledged of the memory of people', {
        settings: settings.join(', '),
      });
    }
    return store;
  }
  const { LibsqlMemoryStore } = await import('../memory/libsql-memory-store.js');
  return LibsqlMemoryStore.open(config.memoryPath, { clock });
}

async function keysOf(config: MemoryConfig, logger: Logger): Promise<string> {
  if (config.memoryKey !== null) return config.memoryKey;
  if (config.memoryKeyFile !== null) return read(config.memoryKeyFile);
  if (config.memory === 'redis') {
    throw new AttuneError('MEMORY_KEY_INVALID', 'a shared memory needs a key that all its servers have', {
      field: 'memoryKey',
    });
  }
  return ownKey(`${config.memoryPath}.key`, logger);
}

/** The key beside the database, made where there is none. It appears whole or not at all: others may start at the same time. */
async function ownKey(file: string, logger: Logger): Promise<string> {
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
    logger.warn('a key was made for the memory of people; keep it elsewhere with ATTUNE_MEMORY_KEY', { file });
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
