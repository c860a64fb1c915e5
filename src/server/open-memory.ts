/**
 * Opens the memory that a configuration asks for: its store, and the keys that seal it.
 */
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { EmotionalMemory } from '../memory/emotional-memory.js';
import type { MemoryStore } from '../memory/memory-store.js';
import type { AuditTrail } from '../privacy/audit-log.js';
import type { Config } from './option-table.js';
import { vaultOf } from './vault-keys.js';

type MemoryConfig = Pick<Config, 'memory' | 'memoryPath' | 'memoryUrl' | 'memoryKey' | 'memoryKeyFile'>;

/** Null when the configuration wants none. Throws MEMORY_UNAVAILABLE, MEMORY_KEY_INVALID or MEMORY_SEALED. */
export async function openMemory(
  config: MemoryConfig,
  parts: { readonly clock: Clock; readonly logger: Logger; readonly audit: AuditTrail | null; readonly actor: string },
): Promise<EmotionalMemory | null> {
  if (config.memory === 'off') return null;
  const sealedFile = config.memory === 'redis' ? null : config.memoryPath;
  const vault = await vaultOf({ ...config, sealedFile, what: 'the memory of people' }, parts.logger);
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
