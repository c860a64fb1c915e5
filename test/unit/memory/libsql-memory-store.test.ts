/**
 * The embedded store: the contract of all stores, and another process that holds its file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import t, { type Test } from 'tap';
import { SystemClock } from '../../../src/core/system-clock.js';
import { LibsqlMemoryStore } from '../../../src/memory/libsql-memory-store.js';
import { ImpatientClock } from '../../support/impatient-clock.js';
import { memoryStoreContract } from '../../support/memory-store-contract.js';

const clock = new SystemClock();
const recordOf = (id: string) => ({ tenant: 'default', person: 'p', id, atMs: 1, sealed: Buffer.from(`sealed ${id}`) });

/** Nobody waits, and something happens in a pause. */
class EventfulClock extends ImpatientClock {
  inPause: (pauseCount: number) => Promise<void> = async () => undefined;

  override async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    await super.sleep(durationMs, signal);
    await this.inPause(this.pausesMs.length);
  }
}

/** A store, and another connection to its file, as another process has one. */
async function sharedFile(t: Test) {
  const file = join(t.testdir(), 'memory.db');
  const eventful = new EventfulClock();
  const store = await LibsqlMemoryStore.open(file, { clock: eventful });
  const other = createClient({ url: pathToFileURL(file).href });
  t.teardown(async () => {
    other.close();
    await store[Symbol.asyncDispose]();
  });
  await store.put([recordOf('first')]);
  return { store, other, clock: eventful };
}

t.test('the file does what every store does', async (t) => {
  const folder = t.testdir();
  await memoryStoreContract(t, {
    open: () => LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock }),
    bytesOnDisk: () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
  });
});

t.test('a log that somebody reads cannot be emptied: tried again, then said', async (t) => {
  const { store, other, clock } = await sharedFile(t);
  const reader = await other.transaction('read');
  await reader.execute('SELECT * FROM records');
  await store.put([recordOf('second')]);
  await store.remove('default', 'p');
  await t.rejects(store.scrub(), { code: 'MEMORY_ERASURE_UNFINISHED' });
  t.equal(clock.pausesMs.length, 20, 'a bounded number of times');
  t.same(await store.list('default', 'p'), [], 'gone it is all the same');
  clock.inPause = async (count) => {
    if (count === 25) await reader.commit();
  };
  await store.scrub();
  t.equal(clock.pausesMs.length, 25, 'no longer than the reader needs');
});

t.test('a write waits for the lock of another process, and not for ever', async (t) => {
  const { store, other, clock } = await sharedFile(t);
  const writer = await other.transaction('write');
  await t.rejects(store.put([recordOf('second')]), { code: 'MEMORY_UNAVAILABLE' });
  clock.inPause = async () => writer.commit();
  await store.put([recordOf('third')]);
  t.same(
    (await store.list('default', 'p')).map(({ id }) => id),
    ['first', 'third'],
  );
});

t.test('calls at once share the connection whose settings erase', async (t) => {
  const folder = t.testdir();
  const store = await LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock });
  t.teardown(() => store[Symbol.asyncDispose]());
  const ids = Array.from({ length: 20 }, (_, index) => `turn-${index}`);
  await store.put(ids.map(recordOf));
  await Promise.all(ids.flatMap((id) => [store.list('default', 'p'), store.remove('default', 'p', [id])]));
  await store.scrub();
  t.notOk(readFileSync(join(folder, 'memory.db')).includes('sealed turn'));
});

t.test('who writes without a pause does not stop the clock of others', async (t) => {
  const { store } = await sharedFile(t);
  let beats = 0;
  const beat = setInterval(() => {
    beats += 1;
  }, 0);
  for (let index = 0; index < 50; index += 1) await store.put([recordOf(`turn-${index}`)]);
  clearInterval(beat);
  t.ok(beats > 10, `${beats} beats`);
});
