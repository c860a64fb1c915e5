/**
 * What every store of the memory has to do, whatever it is made of: one suite, run over the file and over Redis.
 */
import type { Test } from 'tap';
import type { MemoryStore, RecordAddress, SealedRecord } from '../../src/memory/memory-store.js';

export interface StoreUnderTest {
  /** Opens the same place each time; the suite disposes what it opened. */
  readonly open: () => Promise<MemoryStore>;
  /** Every byte that the store has on disk; null for one that has none. */
  readonly bytesOnDisk: (() => Buffer) | null;
}

const encoder = new TextEncoder();

function recordIn(tenant: string, change: Partial<Omit<SealedRecord, 'sealed'>> & { readonly text?: string } = {}) {
  const { text = 'sealed', ...address } = change;
  return { tenant, person: 'p', id: 'turn-1', atMs: 1_000, ...address, sealed: encoder.encode(text) };
}

const textOf = (record: SealedRecord | null | undefined): string | null =>
  record ? Buffer.from(record.sealed).toString() : null;

/** A record as it can be compared: its bytes as text, whatever kind of array they came in. */
const plain = (record: SealedRecord) => ({ ...record, sealed: textOf(record) });

const peopleOf = async (store: MemoryStore, tenant: string): Promise<readonly string[]> =>
  (await store.people())
    .filter((one) => one.tenant === tenant)
    .map(({ person }) => person)
    .sort();

export async function memoryStoreContract(t: Test, { open, bytesOnDisk }: StoreUnderTest): Promise<void> {
  const opened = async (t: Test): Promise<MemoryStore> => {
    const store = await open();
    t.teardown(() => store[Symbol.asyncDispose]());
    return store;
  };

  await t.test('records come back as they were put, oldest first, and then by id', async (t) => {
    const store = await opened(t);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const records = [
      recordIn('order', { id: 'b', atMs: 2 }),
      recordIn('order', { id: 'a', atMs: 2 }),
      recordIn('order', { id: 'c', atMs: 1 }),
      { ...recordIn('order', { id: 'd', atMs: 1_700_000_000_123 }), sealed: bytes },
    ];
    t.equal(await store.put(records), true);
    const found = await store.list('order', 'p');
    t.same(
      found.map(({ id }) => id),
      ['c', 'a', 'b', 'd'],
    );
    t.same(plain(found[0]!), plain(records[2]!));
    t.same([...found[3]!.sealed], [...bytes], 'every byte');
    t.same(await store.list('order', 'nobody'), []);
    t.same(
      await store.entries('order', 'p'),
      found.map(({ id, atMs }) => ({ id, atMs })),
      'and so do their entries',
    );
    t.same(await store.entries('order', 'nobody'), []);
  });

  await t.test('times are whole milliseconds', async (t) => {
    const store = await opened(t);
    await store.put([recordIn('times', { atMs: 1_700_000_000_000.6 })]);
    t.equal((await store.list('times', 'p'))[0]?.atMs, 1_700_000_000_001);
  });

  await t.test('the same address is overwritten', async (t) => {
    const store = await opened(t);
    await store.put([recordIn('again', { text: 'first' })]);
    await store.put([recordIn('again', { text: 'second', atMs: 5 })]);
    t.same((await store.list('again', 'p')).map(plain), [{ ...recordIn('again', { atMs: 5 }), sealed: 'second' }]);
  });

  await t.test('one record is read by its address', async (t) => {
    const store = await opened(t);
    await store.put([recordIn('one'), recordIn('one', { id: 'consent', text: 'yes' })]);
    const found = await store.get({ tenant: 'one', person: 'p', id: 'consent' });
    t.same(found && plain(found), { ...recordIn('one', { id: 'consent' }), sealed: 'yes' });
    for (const elsewhere of [{ id: 'voice' }, { person: 'q' }, { tenant: 'two' }])
      t.equal(await store.get({ tenant: 'one', person: 'p', id: 'consent', ...elsewhere }), null);
  });

  await t.test('tenants and people do not mix, whatever they are called', async (t) => {
    const store = await opened(t);
    const places = ['a', 'a:p', 'ä/ö %3A', 'people', "x'; --", '*'].flatMap((tenant) =>
      ['p', 'p:p'].map((person) => ({ tenant: `mix ${tenant}`, person })),
    );
    for (const place of places) await store.put([{ ...recordIn(''), ...place, sealed: encoder.encode(place.tenant) }]);
    for (const { tenant, person } of places) {
      const found = await store.list(tenant, person);
      t.same(found.map(plain), [{ ...recordIn(tenant, { person }), sealed: tenant }], `${tenant} ${person}`);
    }
    t.equal(await store.remove('mix a', 'p'), 1);
    t.equal((await store.list('mix a:p', 'p')).length, 1);
  });

  await t.test('what is removed is counted and gone; the rest stays', async (t) => {
    const store = await opened(t);
    await store.put(['1', '2', '3', '4'].map((id) => recordIn('gone', { id })));
    t.equal(await store.remove('gone', 'p', ['1', '1', 'never there']), 1);
    t.equal(await store.remove('gone', 'p', []), 0, 'no ids are no records');
    t.equal((await store.list('gone', 'p')).length, 3);
    t.equal(await store.remove('gone', 'p'), 3);
    t.equal(await store.remove('gone', 'p'), 0);
    t.same(await store.list('gone', 'p'), []);
  });

  await t.test('everybody with a record is found, and nobody else', async (t) => {
    const store = await opened(t);
    await store.put([recordIn('all', { person: 'a', id: '1' }), recordIn('all', { person: 'a', id: '2' })]);
    await store.put([recordIn('all', { person: 'b' })]);
    await store.put([recordIn('all', { person: '' })]);
    t.same(await peopleOf(store, 'all'), ['a', 'b'], 'what belongs to the store is nobody’s');
    await store.remove('all', 'a', ['1']);
    t.same(await peopleOf(store, 'all'), ['a', 'b']);
    await store.remove('all', 'a', ['2']);
    await store.remove('all', 'b');
    t.same(await peopleOf(store, 'all'), []);
    await store.remove('all', '');
  });

  await t.test('nothing may be put', async (t) => {
    const store = await opened(t);
    t.equal(await store.put([]), true);
  });

  await t.test('a conditional write happens only where its condition holds', async (t) => {
    const store = await opened(t);
    const consent: RecordAddress = { tenant: 'if', person: 'p', id: 'consent' };
    const turn = recordIn('if');
    const put = (sealed: string | null) =>
      store.put([turn, recordIn('if', { id: 'turn-2' })], {
        ...consent,
        sealed: sealed === null ? null : encoder.encode(sealed),
      });
    t.equal(await put('given'), false, 'nothing is there');
    t.same(await store.list('if', 'p'), []);
    t.equal(await store.put([{ ...turn, ...consent }], { ...consent, sealed: null }), true, 'created');
    t.equal(await store.put([{ ...turn, ...consent }], { ...consent, sealed: null }), false, 'created once');
    t.equal(await put('given'), false, 'something else is there');
    t.equal(await put(null), false);
    t.equal((await store.list('if', 'p')).length, 1);
    t.equal(await put('sealed'), true);
    t.equal((await store.list('if', 'p')).length, 3);
    const changed = [recordIn('if', { id: 'consent', text: 'new' }), recordIn('if', { id: 'turn-3' })];
    t.equal(await store.put(changed, { ...consent, sealed: encoder.encode('sealed') }), true, 'replaced, and one more');
    t.equal(textOf(await store.get(consent)), 'new');
    t.equal((await store.list('if', 'p')).length, 4);
    await store.remove('if', 'p');
    t.equal(await put('new'), false, 'an erased person stays erased');
    t.same(await peopleOf(store, 'if'), []);
  });

  await t.test('of those who create the same record at once, one does', async (t) => {
    const stores = [await opened(t), await opened(t)];
    const address = { tenant: 'race', person: 'p', id: 'secret' };
    const texts = Array.from({ length: 20 }, (_, index) => `from ${index}`);
    const won = await Promise.all(
      texts.map((text, index) =>
        stores[index % 2]!.put([{ ...address, atMs: 1, sealed: encoder.encode(text) }], { ...address, sealed: null }),
      ),
    );
    t.equal(won.filter(Boolean).length, 1);
    for (const store of stores) t.equal(textOf(await store.get(address)), texts[won.indexOf(true)]);
  });

  await t.test('people and records agree after writes and removals at once', async (t) => {
    const [writer, remover] = [await opened(t), await opened(t)];
    // Readings first, a different number in each round, so that the write falls into every part of the removal.
    const writeAfter = async (readings: number): Promise<void> => {
      for (let reading = 0; reading < readings; reading += 1) await writer.get(recordIn('mixed'));
      await writer.put([recordIn('mixed', { id: 'turn-2' })]);
    };
    const broken: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      await writer.put([recordIn('mixed')]);
      await Promise.all([remover.remove('mixed', 'p'), writeAfter(round % 5)]);
      const found = await writer.list('mixed', 'p');
      if ((await peopleOf(remover, 'mixed')).length !== Math.min(1, found.length)) broken.push(round);
      await remover.remove('mixed', 'p');
    }
    t.same(broken, []);
  });

  await t.test('what is acknowledged is there for another, and after closing', async (t) => {
    const other = await opened(t);
    const store = await open();
    const written = Array.from({ length: 50 }, (_, index) => store.put([recordIn('kept', { id: `turn-${index}` })]));
    await Promise.all(written);
    t.equal((await other.list('kept', 'p')).length, 50);
    await store[Symbol.asyncDispose]();
    t.equal((await (await opened(t)).list('kept', 'p')).length, 50);
  });

  if (bytesOnDisk !== null) await noTraceIsLeft(t, opened, bytesOnDisk);

  await t.test('what is written while the store is scrubbed is kept', async (t) => {
    const store = await opened(t);
    await store.put([recordIn('meanwhile')]);
    const scrubbed = store.scrub();
    const ids = Array.from({ length: 20 }, (_, index) => `turn-${100 + index}`);
    await Promise.all([scrubbed, ...ids.map((id) => store.put([recordIn('meanwhile', { id })]))]);
    t.equal((await store.list('meanwhile', 'p')).length, 21);
  });

  await t.test('a closed store says so', async (t) => {
    const store = await open();
    await store[Symbol.asyncDispose]();
    const closed = { code: 'MEMORY_UNAVAILABLE' };
    await t.rejects(store.put([recordIn('closed')]), closed);
    await t.rejects(store.get(recordIn('closed')), closed);
    await t.rejects(store.list('closed', 'p'), closed);
    await t.rejects(store.entries('closed', 'p'), closed);
    await t.rejects(store.remove('closed', 'p'), closed);
    await t.rejects(store.people(), closed);
    await t.rejects(store.scrub());
  });
}

async function noTraceIsLeft(
  t: Test,
  opened: (t: Test) => Promise<MemoryStore>,
  bytesOnDisk: () => Buffer,
): Promise<void> {
  await t.test('what was removed is nowhere on disk once it was scrubbed', async (t) => {
    const store = await opened(t);
    const marked = (person: string, index: number): SealedRecord =>
      recordIn('scrub', { person, id: `turn-${index}`, text: `${person}:${index}:${'0123456789abcdef'.repeat(8)}` });
    for (const person of ['erased-one', 'staying-one'])
      for (let index = 0; index < 100; index += 1) await store.put([marked(person, index)]);
    t.ok(bytesOnDisk().includes('erased-one'), 'the search would find it');
    const before = store.scrub();
    t.equal(await store.remove('scrub', 'erased-one'), 100);
    await Promise.all([before, store.scrub(), store.scrub()]);
    t.notOk(bytesOnDisk().includes('erased-one'));
    t.equal((await store.list('scrub', 'staying-one')).length, 100);
  });

  await t.test('no byte is left of who was removed, whatever was written around them', async (t) => {
    const store = await opened(t);
    const people = Array.from({ length: 12 }, (_, index) => `interleaved-${String(index).padStart(2, '0')}`);
    const text = (person: string, turn: number): string => `${person}:${'x'.repeat(40 + ((turn * 97) % 900))}`;
    // Ids in no order, so that records land between others and pages split everywhere.
    for (let turn = 0; turn < 60; turn += 1)
      await store.put(
        people.map((person) =>
          recordIn('traces', { person, id: `turn-${(turn * 37) % 60}`, text: text(person, turn) }),
        ),
      );
    for (const [index, person] of people.slice(0, 6).entries()) {
      await store.remove('traces', person);
      // Life goes on between a removal and its scrubbing.
      await store.put([
        recordIn('traces', { person: people[11]!, id: `late-${index}`, text: text(people[11]!, index) }),
      ]);
      await store.scrub();
      t.notOk(bytesOnDisk().includes(person), person);
    }
    t.ok(bytesOnDisk().includes(people[11]!), 'the search would find them');
    for (const person of people.slice(6)) t.ok((await store.list('traces', person)).length >= 60, `${person} stays`);
  });
}
