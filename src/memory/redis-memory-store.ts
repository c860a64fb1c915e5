/**
 * The shared store: Redis, one hash per person.
 *
 * `appendfsync always` on the Redis side makes an acknowledged write survive; `redis.conf` decides that, not Attune. Redis
 * rewrites its append-only file in the background, so an erased record leaves it with the next rewrite, which an erasure
 * asks for.
 */
import { Redis } from 'ioredis';
import { AttuneError } from '../core/errors.js';
import type { MemoryStore, RecordAddress, SealedRecord } from './memory-store.js';

const peopleKey = 'attune:memory:people';

export class RedisMemoryStore implements MemoryStore {
  readonly name = 'redis';
  readonly #redis: Redis;

  private constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** @param url as `redis://127.0.0.1:6379/0`. Throws MEMORY_UNAVAILABLE. */
  static async open(url: string): Promise<RedisMemoryStore> {
    const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 2, enableOfflineQueue: false });
    // Every failed command rejects by itself; without a listener the connection's own events would end the process.
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return new RedisMemoryStore(redis);
    } catch (error) {
      redis.disconnect();
      throw unavailable(error);
    }
  }

  async put(records: readonly SealedRecord[]): Promise<void> {
    const transaction = this.#redis.multi();
    for (const { tenant, person, id, atMs, sealed } of records) {
      const atBytes = Buffer.alloc(8);
      atBytes.writeDoubleBE(atMs);
      transaction.hset(keyOf(tenant, person), id, Buffer.concat([atBytes, sealed]));
      if (person !== '') transaction.sadd(peopleKey, JSON.stringify([tenant, person]));
    }
    const results = await transaction.exec().catch((error: unknown) => {
      throw unavailable(error);
    });
    const failure = results?.find(([error]) => error !== null)?.[0];
    if (results === null || failure) throw unavailable(failure);
  }

  async list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    const fields = await this.#redis.hgetallBuffer(keyOf(tenant, person)).catch((error: unknown) => {
      throw unavailable(error);
    });
    return Object.entries(fields)
      .map(([id, value]) => ({ tenant, person, id, atMs: value.readDoubleBE(0), sealed: value.subarray(8) }))
      .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    const key = keyOf(tenant, person);
    try {
      const count = ids === undefined ? await this.#redis.hlen(key) : await this.#redis.hdel(key, ...ids);
      if (ids === undefined) await this.#redis.del(key);
      if ((await this.#redis.exists(key)) === 0) await this.#redis.srem(peopleKey, JSON.stringify([tenant, person]));
      // Refused while one is running, which then removes the record as well.
      if (count > 0) await this.#redis.bgrewriteaof().catch(() => undefined);
      return count;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]> {
    const members = await this.#redis.smembers(peopleKey).catch((error: unknown) => {
      throw unavailable(error);
    });
    return members.map((member) => {
      const [tenant, person] = JSON.parse(member) as [string, string];
      return { tenant, person };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }
}

function keyOf(tenant: string, person: string): string {
  return `attune:memory:${encodeURIComponent(tenant)}:${person}`;
}

function unavailable(cause: unknown): AttuneError {
  return new AttuneError('MEMORY_UNAVAILABLE', 'Redis does not answer', { field: 'memoryUrl', cause });
}
