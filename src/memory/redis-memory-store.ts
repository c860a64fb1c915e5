/**
 * The shared store: Redis, one hash per person, and one set of those who have a hash.
 *
 * `appendfsync always` on the Redis side makes an acknowledged write survive; `redis.conf` decides that, not Attune. Whatever
 * looks before it writes does so in one script, which Redis runs whole. A removed record stays in the append-only file and
 * in snapshots until Redis has written them anew, which scrubbing asks for and waits for.
 */
import { Redis } from 'ioredis';
import { defined } from '../core/assert.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { MemoryStore, RecordAddress, RecordEntry, SealedRecord, WriteCondition } from './memory-store.js';
import { SharedRun } from './shared-run.js';

const peopleKey = 'attune:memory:people';
/** The time stands before the sealed bytes. */
const timeBytes = 8;

/** With them a write that was acknowledged survives the death of Redis and of its machine. */
const strongSettings: Readonly<Record<string, string>> = { appendfsync: 'always', 'no-appendfsync-on-rewrite': 'no' };

/** Keys: people, the hash looked at, then a hash for each record. Arguments: what is asked for there, then id, value, member. */
const putScript = `
local asked, id, sealed = ARGV[1], ARGV[2], ARGV[3]
if asked ~= 'any' then
  local found = redis.call('HGET', KEYS[2], id)
  if asked == 'nothing' and found then return 0 end
  if asked == 'same' and (not found or string.sub(found, ${timeBytes + 1}) ~= sealed) then return 0 end
end
for record = 0, #KEYS - 3 do
  local at = 4 + record * 3
  redis.call('HSET', KEYS[record + 3], ARGV[at], ARGV[at + 1])
  if ARGV[at + 2] ~= '' then redis.call('SADD', KEYS[1], ARGV[at + 2]) end
end
return 1`;

/** Key: the hash. Answers each id and its time, without what is sealed. */
const entriesScript = `
local fields = redis.call('HGETALL', KEYS[1])
for at = 2, #fields, 2 do fields[at] = string.sub(fields[at], 1, ${timeBytes}) end
return fields`;

/** Keys: people, the hash. Arguments: the member, then ids; without ids all go. */
const removeScript = `
local count = 0
if #ARGV == 1 then
  count = redis.call('HLEN', KEYS[2])
  redis.call('DEL', KEYS[2])
else
  for at = 2, #ARGV do count = count + redis.call('HDEL', KEYS[2], ARGV[at]) end
end
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SREM', KEYS[1], ARGV[1]) end
return count`;

export interface RedisMemoryStoreOptions {
  readonly clock: Clock;
  /** A command that is not answered by then has failed. */
  readonly commandTimeoutMs?: number;
  /** Redis may take so long to write its files anew. */
  readonly scrubTimeoutMs?: number;
}

export class RedisMemoryStore implements MemoryStore {
  readonly name = 'redis';
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #scrubTimeoutMs: number;
  readonly #scrubbing = new SharedRun(() => this.#rewrite());

  private constructor(redis: Redis, { clock, scrubTimeoutMs = 60_000 }: RedisMemoryStoreOptions) {
    this.#redis = redis;
    this.#clock = clock;
    this.#scrubTimeoutMs = scrubTimeoutMs;
  }

  /** @param url as `redis://127.0.0.1:6379/0`. Throws MEMORY_UNAVAILABLE. */
  static async open(url: string, options: RedisMemoryStoreOptions): Promise<RedisMemoryStore> {
    const redis = new Redis(url, {
      lazyConnect: true,
      maxRetriesPerRequest: 2,
      enableOfflineQueue: false,
      commandTimeout: options.commandTimeoutMs ?? 5_000,
    });
    // Every failed command rejects by itself; without a listener the connection's own events would end the process.
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return new RedisMemoryStore(redis, options);
    } catch (error) {
      redis.disconnect();
      throw unavailable(error);
    }
  }

  /**
   * Settings under which Redis may lose what it acknowledged, as they stand in `redis.conf`; null when it does not tell, as
   * hosted ones do.
   */
  async weakSettings(): Promise<readonly string[] | null> {
    const names = ['appendonly', ...Object.keys(strongSettings), 'maxmemory', 'maxmemory-policy'];
    try {
      const found = new Map<string, string>();
      for (const name of names) found.set(name, (await this.#redis.config('GET', name))[1] ?? '');
      if (found.get('appendonly') !== 'yes') return ['appendonly no'];
      const weak = Object.entries(strongSettings).filter(([name, strong]) => found.get(name) !== strong);
      const evicts = found.get('maxmemory') !== '0' && found.get('maxmemory-policy') !== 'noeviction';
      return [...weak.map(([name]) => name), ...(evicts ? ['maxmemory-policy'] : [])].map(
        (name) => `${name} ${found.get(name)}`,
      );
    } catch {
      return null;
    }
  }

  async get({ tenant, person, id }: RecordAddress): Promise<SealedRecord | null> {
    const value = await answered(this.#redis.hgetBuffer(keyOf(tenant, person), id));
    return value === null ? null : recordOf({ tenant, person, id }, value);
  }

  async put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean> {
    if (records.length === 0) return true;
    const lookedAt = condition ? keyOf(condition.tenant, condition.person) : peopleKey;
    const keys = [peopleKey, lookedAt, ...records.map(({ tenant, person }) => keyOf(tenant, person))];
    const asked = condition === undefined ? 'any' : condition.sealed === null ? 'nothing' : 'same';
    const values = records.flatMap(({ tenant, person, id, atMs, sealed }) => {
      const time = Buffer.alloc(timeBytes);
      time.writeDoubleBE(Math.round(atMs));
      return [id, Buffer.concat([time, sealed]), person === '' ? '' : memberOf(tenant, person)];
    });
    const sealed = condition?.sealed ? Buffer.from(condition.sealed) : '';
    const written = await answered(
      this.#redis.eval(putScript, keys.length, ...keys, asked, condition?.id ?? '', sealed, ...values),
    );
    return written === 1;
  }

  async list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    const fields = await answered(this.#redis.hgetallBuffer(keyOf(tenant, person)));
    return Object.entries(fields)
      .map(([id, value]) => recordOf({ tenant, person, id }, value))
      .sort(byAge);
  }

  async entries(tenant: string, person: string): Promise<readonly RecordEntry[]> {
    const fields = (await answered(
      this.#redis.callBuffer('EVAL', entriesScript, 1, keyOf(tenant, person)),
    )) as Buffer[];
    const entries: RecordEntry[] = [];
    for (let at = 0; at + 1 < fields.length; at += 2)
      entries.push({ id: String(fields[at]), atMs: defined(fields[at + 1], 'time').readDoubleBE(0) });
    return entries.sort(byAge);
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    if (ids?.length === 0) return 0;
    const keys = [peopleKey, keyOf(tenant, person)];
    const removed = this.#redis.eval(removeScript, keys.length, ...keys, memberOf(tenant, person), ...(ids ?? []));
    return Number(await answered(removed));
  }

  scrub(): Promise<void> {
    return this.#scrubbing.ask();
  }

  async people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]> {
    const members = await answered(this.#redis.smembers(peopleKey));
    return members.map((member) => {
      const [tenant, person] = JSON.parse(member) as [string, string];
      return { tenant, person };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#redis.quit().catch(() => undefined);
    this.#redis.disconnect();
  }

  /** Has Redis write the files anew that it keeps, beginning after this call. */
  async #rewrite(): Promise<void> {
    const untilMs = this.#clock.nowMs() + this.#scrubTimeoutMs;
    try {
      const { aof_enabled: hasLog } = await this.#written(untilMs);
      if (hasLog === '1') {
        await this.#redis.bgrewriteaof();
        const { aof_last_bgrewrite_status: status } = await this.#written(untilMs);
        if (status !== 'ok') throw new Error('Redis could not rewrite its append-only file');
      }
      const [, snapshots = ''] = await this.#redis.config('GET', 'save');
      if (snapshots !== '') {
        await this.#redis.bgsave();
        const { rdb_last_bgsave_status: status } = await this.#written(untilMs);
        if (status !== 'ok') throw new Error('Redis could not write a snapshot');
      }
    } catch (error) {
      throw new AttuneError('MEMORY_ERASURE_UNFINISHED', 'Redis did not write its files anew', {
        field: 'memoryUrl',
        cause: error,
      });
    }
  }

  /** What Redis says of its files once it writes none of them in the background. */
  async #written(untilMs: number): Promise<Readonly<Record<string, string>>> {
    const under = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'];
    for (let pauseMs = 5; ; pauseMs = Math.min(2 * pauseMs, 250)) {
      const lines = (await this.#redis.info('persistence')).split(/\r?\n/u);
      const facts = Object.fromEntries(lines.map((line) => line.split(':', 2) as [string, string]));
      if (under.every((name) => facts[name] !== '1')) return facts;
      if (this.#clock.nowMs() >= untilMs) throw new Error('Redis is still writing');
      await this.#clock.sleep(pauseMs, new AbortController().signal);
    }
  }
}

function keyOf(tenant: string, person: string): string {
  return `attune:memory:${encodeURIComponent(tenant)}:${person}`;
}

function byAge(a: RecordEntry, b: RecordEntry): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1);
}

function memberOf(tenant: string, person: string): string {
  return JSON.stringify([tenant, person]);
}

function recordOf(address: RecordAddress, value: Buffer): SealedRecord {
  return { ...address, atMs: value.readDoubleBE(0), sealed: value.subarray(timeBytes) };
}

async function answered<T>(command: Promise<T>): Promise<T> {
  try {
    return await command;
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): AttuneError {
  return new AttuneError('MEMORY_UNAVAILABLE', 'Redis does not answer', { field: 'memoryUrl', cause });
}
