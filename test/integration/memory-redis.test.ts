/**
 * The shared store on a real Redis: the contract of all stores, and a Redis that is killed or does not answer.
 */
import t, { type Test } from 'tap';
import { silentLogger } from '../../src/core/logger.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { EmotionalMemory } from '../../src/memory/emotional-memory.js';
import { RedisMemoryStore } from '../../src/memory/redis-memory-store.js';
import { Vault } from '../../src/memory/vault.js';
import { openMemory } from '../../src/server/open-memory.js';
import { memoryStoreContract } from '../support/memory-store-contract.js';
import { hasRedisServer, RedisServer } from '../../bench/redis-server.js';

const skip = !hasRedisServer() && 'redis-server is not installed';
const clock = new SystemClock();

async function redisFor(t: Test, settings: readonly string[] = []) {
  const server = await RedisServer.start(t.testdir(), settings);
  t.teardown(() => server[Symbol.asyncDispose]());
  const open = (options: { readonly commandTimeoutMs?: number } = {}) =>
    RedisMemoryStore.open(server.url, { clock, ...options });
  const opened = async (options: { readonly commandTimeoutMs?: number } = {}) => {
    const store = await open(options);
    t.teardown(() => store[Symbol.asyncDispose]());
    return store;
  };
  return { server, open, opened };
}

t.test('Redis does what every store does', { skip }, async (t) => {
  const { server, open } = await redisFor(t);
  await memoryStoreContract(t, { open, bytesOnDisk: () => server.bytesOnDisk() });
});

const recordOf = (id: string) => ({ tenant: 'default', person: 'p', id, atMs: 1, sealed: Buffer.from(`sealed ${id}`) });

t.test('a Redis that is killed has what it acknowledged, and is found again', { skip }, async (t) => {
  const { server, opened } = await redisFor(t);
  const store = await opened();
  let acknowledged = 0;
  let killed: Promise<void> | undefined;
  const writing = (async () => {
    for (;;) {
      await store.put([recordOf(`turn-${acknowledged}`)]);
      acknowledged += 1;
      if (acknowledged === 200) killed = server.kill();
    }
  })();
  await t.rejects(writing, { code: 'MEMORY_UNAVAILABLE' });
  await t.rejects(store.list('default', 'p'), { code: 'MEMORY_UNAVAILABLE' });
  await killed;
  await server.start();
  let found: number | undefined;
  for (let attempt = 0; found === undefined && attempt < 100; attempt += 1) {
    found = await store.list('default', 'p').then(
      (records) => records.length,
      () => clock.sleep(50, AbortSignal.timeout(10_000)).then(() => undefined),
    );
  }
  t.ok(found !== undefined && found >= acknowledged, `${found} of ${acknowledged} acknowledged`);
});

t.test('a Redis that does not answer costs the record, not the call', { skip }, async (t) => {
  const { server, open } = await redisFor(t);
  const store = await open({ commandTimeoutMs: 100 });
  server.freeze();
  await t.rejects(store.put([recordOf('turn-1')]), { code: 'MEMORY_UNAVAILABLE' });
  await t.rejects(store.get(recordOf('turn-1')), { code: 'MEMORY_UNAVAILABLE' });
  await t.rejects(store.scrub(), { code: 'MEMORY_ERASURE_UNFINISHED' });
  await store[Symbol.asyncDispose]();
});

t.test('nobody is there', { skip }, async (t) => {
  const { server, open } = await redisFor(t);
  await server.kill();
  await t.rejects(open(), { code: 'MEMORY_UNAVAILABLE', field: 'memoryUrl' });
});

for (const settings of [
  ['--save', '3600 1'],
  ['--save', '3600 1', '--appendonly', 'no'],
])
  t.test(`snapshots are written anew as well: ${settings.join(' ')}`, { skip }, async (t) => {
    const { server, opened } = await redisFor(t, settings);
    const store = await opened();
    await store.put([recordOf('turn-1')]);
    await store.scrub();
    t.ok(server.bytesOnDisk('dump.rdb').includes('sealed turn-1'), 'the snapshot has it');
    await store.remove('default', 'p');
    await store.scrub();
    t.notOk(server.bytesOnDisk().includes('sealed turn-1'));
  });

t.test('a rewrite that began before the removal is not enough', { skip }, async (t) => {
  // The child of a rewrite is slowed down, so that it still runs when the record is removed.
  const { server, opened } = await redisFor(t, ['--rdb-key-save-delay', '20000', '--enable-debug-command', 'yes']);
  const store = await opened();
  await store.put(Array.from({ length: 5 }, (_, index) => ({ ...recordOf('turn'), person: `p${index}` })));
  const early = store.scrub();
  await clock.sleep(30, AbortSignal.timeout(10_000));
  for (let index = 0; index < 5; index += 1) await store.remove('default', `p${index}`);
  await store.scrub();
  await early;
  t.notOk(server.bytesOnDisk().includes('sealed turn'));
});

t.test('a Redis that refuses to rewrite its files is named', { skip }, async (t) => {
  const { opened } = await redisFor(t, ['--rename-command', 'BGREWRITEAOF', '']);
  await t.rejects((await opened()).scrub(), { code: 'MEMORY_ERASURE_UNFINISHED', field: 'memoryUrl' });
});

t.test('settings under which Redis may lose what it acknowledged are named', { skip }, async (t) => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], []],
    [
      ['--appendfsync', 'everysec', '--no-appendfsync-on-rewrite', 'yes'],
      ['appendfsync everysec', 'no-appendfsync-on-rewrite yes'],
    ],
    [['--appendonly', 'no'], ['appendonly no']],
    [['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'], ['maxmemory-policy allkeys-lru']],
  ];
  for (const [settings, weak] of cases)
    await t.test(weak.join(', ') || 'none', async (t) => {
      const { server, opened } = await redisFor(t, settings);
      t.same(await (await opened()).weakSettings(), weak);
      const warnings: unknown[] = [];
      const memory = await openMemory(
        { memory: 'redis', memoryPath: '', memoryUrl: server.url, memoryKey: Vault.newKey(), memoryKeyFile: null },
        {
          clock,
          logger: { ...silentLogger, warn: (_message, fields) => void warnings.push(fields) },
          audit: null,
          actor: 'server',
        },
      );
      t.teardown(() => memory?.[Symbol.asyncDispose]());
      t.same(warnings, weak.length === 0 ? [] : [{ settings: weak.join(', ') }]);
    });
  await t.test('where Redis does not tell', async (t) => {
    const { opened } = await redisFor(t, ['--rename-command', 'CONFIG', '']);
    t.same(await (await opened()).weakSettings(), null);
  });
});

t.test('a person of the shared memory, from one server to the next', { skip }, async (t) => {
  const { server, opened } = await redisFor(t);
  const vault = Vault.fromText(Vault.newKey());
  const anna = { tenant: 'default', id: 'anna' };
  const stores = [await opened(), await opened()];
  const [one, two] = await Promise.all(stores.map((store) => EmotionalMemory.open({ store, vault, clock })));
  t.equal(one!.pseudonymOf(anna), two!.pseudonymOf(anna), 'opened at once, with one secret');
  await one!.setConsent(anna, { memory: 'given' });
  const turn = { atMs: clock.wallTimeMs(), label: 'angry', arousal: 0.8, valence: 0.2, dominance: 0.5 } as const;
  await one!.remember(anna, { ...turn, confidence: 0.8, topics: ['delivery'] });
  t.equal((await two!.recall(anna)).recollection?.reminder, 'Today the delivery made them angry.');
  await two!.erase(anna);
  t.notOk(server.bytesOnDisk().includes(one!.pseudonymOf(anna)));
  await t.rejects(one!.remember(anna, { ...turn, confidence: 0.8, topics: [] }), { code: 'MEMORY_CONSENT_MISSING' });
});
