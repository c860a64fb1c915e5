/**
 * The embedded store: the contract of all stores, and another process that holds its file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { SystemClock } from '../../../src/core/system-clock.js';
import { LibsqlMemoryStore } from '../../../src/memory/libsql-memory-store.js';
import { memoryStoreContract } from '../../support/memory-store-contract.js';

const clock = new SystemClock();

t.test('the file does what every store does', async (t) => {
  const folder = t.testdir();
  await memoryStoreContract(t, {
    open: () => LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock }),
    bytesOnDisk: () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
  });
});
