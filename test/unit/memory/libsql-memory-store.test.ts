/**
 * The embedded store keeps to the contract, and says so when it cannot wipe what it erased.
 */
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import t from 'tap';
import { LibsqlMemoryStore } from '../../../src/memory/libsql-memory-store.js';
import { keepsToMemoryStoreContract } from '../../support/memory-store-contract.js';

t.test('contract', async (t) => {
  const file = join(t.testdir(), 'memory.db');
  await keepsToMemoryStoreContract(t, () => LibsqlMemoryStore.open(file));
});

t.test('an erasure under somebody’s eyes is not called complete', { timeout: 60_000 }, async (t) => {
  const file = join(t.testdir(), 'memory.db');
  await using store = await LibsqlMemoryStore.open(file, { busyTimeoutMs: 50 });
  const address = { tenant: 't', person: 'p', id: 'r' };
  await store.put([{ ...address, atMs: 1, sealed: Buffer.from('secret') }]);
  const reader = createClient({ url: `file:${file}` });
  const reading = await reader.transaction('read');
  await reading.execute('SELECT * FROM records');
  await t.rejects(store.remove('t', 'p'), { code: 'MEMORY_TRACES_LEFT' });
  t.equal(await store.find(address), undefined, 'it is gone for everybody who asks');
  reading.close();
  reader.close();
  await store.put([{ ...address, atMs: 1, sealed: Buffer.from('next') }]);
  t.equal(await store.remove('t', 'p'), 1, 'and wiped with the next erasure');
});
