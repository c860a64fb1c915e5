/**
 * The shared store: Redis, one hash per person.
 *
 * `appendfsync always` on the Redis side makes an acknowledged write survive; `redis.conf` decides that, not Attune. Redis
 * rewrites its append-only file in the background, so an erased record leaves it with the next rewrite, which an erasure
 * asks for.
 */
import { Redis } from 'ioredis';
import { AttuneError } from '../core/errors.js';
import type { MemoryStore, RecordAddress, SealedRecord, WriteCondition } from './memory-store.js';

const peopleKey = 'attune:memory:people';
const timeBytes = 8;

/** Scripts run as a whole: nothing comes between the condition and the writing. */
const putScript = `
  if ARGV[1] == 'absent' and redis.call('hexists', KEYS[2], ARGV[2]) == 1 then return 0 end
  if ARGV[1] == 'same' then
    local found = redis.call('hget', KEYS[2], ARGV[2])
    if not found or string.sub(found, ${timeBytes + 1}) ~= ARGV[3] then return 0 end
  end
  for at = 3, #KEYS do
    local value = 4 + 3 * (at - 3)
    redis.call('hset', KEYS[at], ARGV[value], ARGV[value + 1])
    if ARGV[value + 2] ~= '' then redis.call('sadd', KEYS[1], ARGV[value + 2]) end
  end
  return 1`;

const removeScript = `
  local count = 0
  if ARGV[2] == 'all' then
    count = redis.call('hlen', KEYS[1])
    redis.call('del', KEYS[1])
  else
    for at = 3, #ARGV do count = count + redis.call('hdel', KEYS[1], ARGV[at]) end
  end
  if redis.call('exists', KEYS[1]) == 0 then redis.call('srem', KEYS[2], ARGV[1]) end
  return count`;

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

  async put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean> {
    if (records.length === 0) return true;
    const { tenant: at = '', person: of = '', id = '', sealed } = condition ?? {};
    const kind = condition === undefined ? 'none' : sealed === null ? 'absent' : 'same';
    const keys = [peopleKey, keyOf(at, of), ...records.map(({ tenant, person }) => keyOf(tenant, person))];
    const values = records.flatMap((record) => [
      record.id,
      valueOf(record),
      record.person === '' ? '' : JSON.stringify([record.tenant, record.person]),
    ]);
    try {
      const args = [kind, id, Buffer.from(sealed ?? []), ...values];
      return (await this.#redis.eval(putScript, keys.length, ...keys, ...args)) === 1;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async find({ tenant, person, id }: RecordAddress): Promise<SealedRecord | undefined> {
    const value = await this.#redis.hgetBuffer(keyOf(tenant, person), id).catch((error: unknown) => {
      throw unavailable(error);
    });
    return value === null ? undefined : recordOf({ tenant, person, id }, value);
  }

  async list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    const fields = await this.#redis.hgetallBuffer(keyOf(tenant, person)).catch((error: unknown) => {
      throw unavailable(error);
    });
    return Object.entries(fields)
      .map(([id, value]) => recordOf({ tenant, person, id }, value))
      .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    const key = keyOf(tenant, person);
    try {
      const member = JSON.stringify([tenant, person]);
      const given = ids === undefined ? ['all'] : ['some', ...ids];
      const count = (await this.#redis.eval(removeScript, 2, key, peopleKey, member, ...given)) as number;
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

/** Eight bytes of time, then what is sealed. */
function valueOf({ atMs, sealed }: SealedRecord): Buffer {
  const value = Buffer.alloc(timeBytes + sealed.length);
  value.writeDoubleBE(atMs);
  value.set(sealed, timeBytes);
  return value;
}

function recordOf(address: RecordAddress, value: Buffer): SealedRecord {
  return { ...address, atMs: value.readDoubleBE(0), sealed: value.subarray(timeBytes) };
}

function keyOf(tenant: string, person: string): string {
  return `attune:memory:${encodeURIComponent(tenant)}:${person}`;
}

function unavailable(cause: unknown): AttuneError {
  return new AttuneError('MEMORY_UNAVAILABLE', 'Redis does not answer', { field: 'memoryUrl', cause });
}
