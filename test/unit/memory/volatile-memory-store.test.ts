/**
 * The store that lasts as long as the process: the contract of all stores, but for the disk it does not have.
 */
import t from 'tap';
import { SealedDocuments } from '../../../src/memory/sealed-documents.js';
import { Vault } from '../../../src/memory/vault.js';
import { VolatileMemoryStore, type VolatilePlace } from '../../../src/memory/volatile-memory-store.js';
import { memoryStoreContract } from '../../support/memory-store-contract.js';

t.test('it does what every store does', async (t) => {
  const place: VolatilePlace = new Map();
  await memoryStoreContract(t, { open: async () => new VolatileMemoryStore(place), bytesOnDisk: null });
});

t.test('documents come back as they were, shelf by shelf, and are renewed under a new key', async (t) => {
  const place: VolatilePlace = new Map();
  const [oldKey, newKey] = [Vault.newKey(), Vault.newKey()];
  const opened = (keys: string): SealedDocuments =>
    new SealedDocuments({ store: new VolatileMemoryStore(place), vault: Vault.fromText(keys) });
  const shelf = { tenant: 'acme', shelf: 'notes' };
  const before = opened(oldKey);
  await before.put(shelf, [
    { id: 'b', atMs: 2, content: { text: 'käse' } },
    { id: 'a', atMs: 1, content: [1, null] },
  ]);
  t.same(await before.list(shelf), [
    { id: 'a', atMs: 1, content: [1, null] },
    { id: 'b', atMs: 2, content: { text: 'käse' } },
  ]);
  t.equal(await before.get({ ...shelf, tenant: 'other' }, 'a'), undefined);
  t.notOk([...place.values()].some((records) => Buffer.from(records.get('b')!.sealed).includes('käse')));
  await opened(`${newKey},${oldKey}`).renew();
  t.same(await opened(newKey).get(shelf, 'b'), { text: 'käse' }, 'the old key is not needed any more');
  await t.rejects(before.get(shelf, 'b'), { code: 'MEMORY_SEALED' });
  t.equal(await opened(newKey).remove(shelf), 2);
  t.same(await opened(newKey).shelves(), []);
});
