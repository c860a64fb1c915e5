/**
 * What every store of the memory keeps to: run against the embedded file and against a real Redis.
 */
import type { Test } from 'tap';
import type { MemoryStore, SealedRecord } from '../../src/memory/memory-store.js';

const anna = { tenant: 'acme', person: 'a'.repeat(64) };
const record = (id: string, atMs: number, text = id, person = anna.person): SealedRecord => ({
  tenant: anna.tenant,
  person,
  id,
  atMs,
  sealed: Buffer.from(text),
});
const idsOf = (records: readonly SealedRecord[]): readonly string[] => records.map(({ id }) => id);

/** `open` yields a fresh connection to one and the same store, which starts empty. */
export async function keepsToMemoryStoreContract(t: Test, open: () => Promise<MemoryStore>): Promise<void> {
  await t.test('records come back as they were, oldest first; the same address is overwritten', async (t) => {
    await using store = await open();
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    t.equal(await store.put([{ ...record('b', 2), sealed: bytes }, record('a', 3), record('c', 1.4)]), true);
    const found = await store.list(anna.tenant, anna.person);
    t.same(idsOf(found), ['c', 'b', 'a']);
    t.same(new Uint8Array(found[1]!.sealed), bytes);
    await store.put([record('c', 9, 'changed')]);
    t.same(idsOf(await store.list(anna.tenant, anna.person)), ['b', 'a', 'c']);
    t.equal(Buffer.from((await store.find({ ...anna, id: 'c' }))!.sealed).toString(), 'changed');
    t.equal(await store.find({ ...anna, id: 'none' }), undefined);
    t.same(await store.list('other', anna.person), []);
  });

  await t.test('people, and removing some or all of one', async (t) => {
    await using store = await open();
    const other = { ...record('x', 1, 'x', 'b'.repeat(64)), tenant: 'ümlaut : tenant' };
    await store.put([other, { ...record('own', 1, 'own', ''), tenant: '' }]);
    const people = [...(await store.people())].sort((a, b) => (a.person < b.person ? -1 : 1));
    t.same(people, [anna, { tenant: other.tenant, person: other.person }]);
    t.equal(await store.remove(anna.tenant, anna.person, ['a', 'none']), 1);
    t.same(idsOf(await store.list(anna.tenant, anna.person)), ['b', 'c']);
    t.equal(await store.remove(anna.tenant, anna.person), 2);
    t.equal(await store.remove(anna.tenant, anna.person), 0);
    t.same(await store.people(), [{ tenant: other.tenant, person: other.person }]);
    t.ok(await store.find({ tenant: '', person: '', id: 'own' }), 'the store’s own stays');
  });

  await t.test('a write under a condition happens while the condition holds, and only then', async (t) => {
    await using store = await open();
    const condition = { ...anna, id: 'consent', sealed: Buffer.from('yes') };
    t.equal(await store.put([record('turn-1', 1)], condition), false, 'there is no such record');
    t.equal(await store.put([record('consent', 0, 'yes')], { ...condition, sealed: null }), true);
    t.equal(
      await store.put([record('consent', 0, 'other')], { ...condition, sealed: null }),
      false,
      'there is one now',
    );
    t.equal(await store.put([record('turn-1', 1), record('turn-2', 2)], condition), true);
    await store.put([record('consent', 0, 'no')]);
    t.equal(await store.put([record('turn-3', 3), record('turn-4', 4)], condition), false, 'it has changed');
    t.same(idsOf(await store.list(anna.tenant, anna.person)), ['consent', 'turn-1', 'turn-2']);
    await store.remove(anna.tenant, anna.person);
    t.equal(await store.put([record('turn-5', 5)], { ...condition, sealed: Buffer.from('no') }), false, 'it is gone');
  });

  await t.test('of many who create at once, through several connections, one succeeds', async (t) => {
    const stores = await Promise.all([open(), open(), open()]);
    const condition = { ...anna, id: 'once', sealed: null };
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        stores[index % stores.length]!.put([record('once', 1, `writer ${index}`)], condition),
      ),
    );
    t.equal(outcomes.filter(Boolean).length, 1);
    const winner = outcomes.indexOf(true);
    t.equal(Buffer.from((await stores[0].find({ ...anna, id: 'once' }))!.sealed).toString(), `writer ${winner}`);
    await stores[1].remove(anna.tenant, anna.person);
    for (const store of stores) await store[Symbol.asyncDispose]();
  });

  await t.test('many writes side by side are all there', async (t) => {
    await using store = await open();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => store.put([record(`t-${String(index).padStart(3, '0')}`, index)])),
    );
    const found = await store.list(anna.tenant, anna.person);
    t.equal(found.length, 200);
    t.same(idsOf(found), [...idsOf(found)].sort());
    t.equal(await store.remove(anna.tenant, anna.person), 200);
  });
}
