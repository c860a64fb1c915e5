/**
 * The shared memory on a real Redis: the contract, an erasure that leaves the files, and a server killed at any time.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { EmotionalMemory } from '../../src/memory/emotional-memory.js';
import { RedisMemoryStore } from '../../src/memory/redis-memory-store.js';
import type { RememberedTurn } from '../../src/memory/remembered-turn.js';
import { Vault } from '../../src/memory/vault.js';
import { ManualClock } from '../support/manual-clock.js';
import { keepsToMemoryStoreContract } from '../support/memory-store-contract.js';
import { noRedis, RedisServer } from '../support/redis-server.js';

const anna = { tenant: 'default', id: 'anna@example.com' };
const turn: RememberedTurn = {
  atMs: 1_000,
  label: 'angry',
  arousal: 0.8,
  valence: 0.2,
  dominance: 0.5,
  confidence: 0.8,
  topics: ['delivery'],
};

t.test('contract', { skip: noRedis }, async (t) => {
  const server = await RedisServer.start(t.testdir());
  t.teardown(() => server[Symbol.asyncDispose]());
  await keepsToMemoryStoreContract(t, () => RedisMemoryStore.open(server.url));
});

t.test('acknowledged turns survive a kill, an erased person does not', { skip: noRedis }, async (t) => {
  const folder = t.testdir();
  const server = await RedisServer.start(folder);
  t.teardown(() => server[Symbol.asyncDispose]());
  const vault = Vault.fromText(Vault.newKey());
  const open = async (): Promise<EmotionalMemory> =>
    EmotionalMemory.open({ store: await RedisMemoryStore.open(server.url), vault, clock: new ManualClock() });
  let memory = await open();
  await memory.setConsent(anna, { memory: 'given' });
  for (let count = 0; count < 20; count += 1) await memory.remember(anna, turn);
  const pseudonym = memory.pseudonymOf(anna);
  await server.killAndRestart();
  await memory[Symbol.asyncDispose]();
  memory = await open();
  t.equal(memory.pseudonymOf(anna), pseudonym);
  t.equal((await memory.export(anna)).turns.length, 20);
  t.ok(bytesIn(folder).includes(pseudonym), 'the search would find what is there');
  t.equal(await memory.erase(anna), 21);
  // The rewrite of the append-only file runs in another process.
  for (let wait = 0; wait < 200 && bytesIn(folder).includes(pseudonym); wait += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.notOk(bytesIn(folder).includes(pseudonym), 'no trace in the files');
  await memory[Symbol.asyncDispose]();
});

t.test('no Redis, no memory: said by its code', async (t) => {
  await t.rejects(RedisMemoryStore.open('redis://127.0.0.1:1/0'), { code: 'MEMORY_UNAVAILABLE', field: 'memoryUrl' });
});

function bytesIn(folder: string): Buffer {
  return Buffer.concat(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
      .map((file) => readFileSync(file)),
  );
}
