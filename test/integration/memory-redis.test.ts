/**
 * The shared store on a real Redis: the contract of all stores, and a Redis that is killed or does not answer.
 */
import t, { type Test } from 'tap';
import { SystemClock } from '../../src/core/system-clock.js';
import { RedisMemoryStore } from '../../src/memory/redis-memory-store.js';
import { memoryStoreContract } from '../support/memory-store-contract.js';
import { hasRedisServer, RedisServer } from '../support/redis-server.js';

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
