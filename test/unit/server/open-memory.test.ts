/**
 * The memory that a configuration asks for: several servers that start on a new folder at once.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { silentLogger } from '../../../src/core/logger.js';
import { SystemClock } from '../../../src/core/system-clock.js';
import { openMemory } from '../../../src/server/open-memory.js';

const parts = { clock: new SystemClock(), logger: silentLogger, audit: null, actor: 'server' };

t.test('those who start at once share one key and one secret', async (t) => {
  const folder = t.testdir();
  for (let round = 0; round < 4; round += 1) {
    const place = join(folder, `new ${round}`);
    const memoryPath = join(place, 'memory.db');
    const config = { memory: 'file' as const, memoryPath, memoryUrl: '', memoryKey: null, memoryKeyFile: null };
    const memories = await Promise.all(Array.from({ length: 8 }, () => openMemory(config, parts)));
    const pseudonyms = memories.map((memory) => memory?.pseudonymOf({ tenant: 'default', id: 'anna' }));
    for (const memory of memories) await memory?.[Symbol.asyncDispose]();
    t.match(pseudonyms[0], /^[0-9a-f]{64}$/u);
    t.equal(new Set(pseudonyms).size, 1);
    const keys = readdirSync(place).filter((name) => name.includes('key'));
    t.same(keys, ['memory.db.key'], 'nothing is left beside it');
    t.equal(statSync(`${memoryPath}.key`).mode & 0o777, 0o600);
  }
});

t.test('a shared memory needs a key from outside', async (t) => {
  const config = { memory: 'redis' as const, memoryPath: '', memoryUrl: '', memoryKey: null, memoryKeyFile: null };
  await t.rejects(openMemory(config, parts), { code: 'MEMORY_KEY_INVALID', field: 'memoryKey' });
  t.equal(await openMemory({ ...config, memory: 'off' }, parts), null);
});
