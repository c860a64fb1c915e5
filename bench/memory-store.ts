/**
 * What the emotional memory costs: remembering a turn, recalling a person as their history grows, erasing them.
 *
 * Through the memory itself, sealing included, each acknowledged write on the disk. Redis is measured when its server program
 * is here, on this machine, with `appendfsync always`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../src/core/clock.js';
import { EmotionalMemory } from '../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../src/memory/libsql-memory-store.js';
import type { MemoryStore } from '../src/memory/memory-store.js';
import { RedisMemoryStore } from '../src/memory/redis-memory-store.js';
import type { RememberedTurn } from '../src/memory/remembered-turn.js';
import { Vault } from '../src/memory/vault.js';
import { quantile } from './quantile.js';
import { hasRedisServer, RedisServer } from './redis-server.js';

export interface MemoryStoreFigures {
  readonly store: string;
  /** One turn after the other, and sixty-four callers at once. */
  readonly rememberP50Ms: number;
  readonly rememberP95Ms: number;
  readonly turnsPerSTogether: number;
  /** A person's whole recollection, by the number of their turns. */
  readonly recallMs: readonly { readonly turns: number; readonly p50Ms: number }[];
  readonly eraseMs: number;
}

const historyLengths = [10, 100, 1_000] as const;
const togetherCount = 64;
const rounds = 20;

export async function measureMemoryStores(clock: Clock): Promise<readonly MemoryStoreFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'attune-memory-'));
  try {
    const figures = [await measure(await LibsqlMemoryStore.open(join(folder, 'memory.db'), { clock }), clock)];
    if (!hasRedisServer()) return figures;
    await using redis = await RedisServer.start(folder);
    return [...figures, await measure(await RedisMemoryStore.open(redis.url, { clock }), clock)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(store: MemoryStore, clock: Clock): Promise<MemoryStoreFigures> {
  await using memory = await EmotionalMemory.open({ store, vault: Vault.fromText(Vault.newKey()), clock });
  const person = (id: string) => ({ tenant: 'default', id });
  const turn = (atMs: number): RememberedTurn => ({
    atMs,
    label: 'angry',
    arousal: 0.8,
    valence: 0.2,
    dominance: 0.5,
    confidence: 0.8,
    topics: ['delivery'],
  });
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const startedMs = clock.nowMs();
    await work();
    return clock.nowMs() - startedMs;
  };
  const callers = Array.from({ length: togetherCount }, (_, index) => person(`caller ${index}`));
  for (const caller of callers) await memory.setConsent(caller, { memory: 'given' });
  const alone: number[] = [];
  for (let round = 0; round < 100; round += 1)
    alone.push(await timed(() => memory.remember(callers[0]!, turn(clock.wallTimeMs()))));
  const togetherMs = await timed(async () => {
    for (let round = 0; round < rounds; round += 1)
      await Promise.all(callers.map((caller) => memory.remember(caller, turn(clock.wallTimeMs()))));
  });
  const recallMs: { turns: number; p50Ms: number }[] = [];
  for (const turns of historyLengths) {
    const known = person(`known for ${turns}`);
    await memory.setConsent(known, { memory: 'given' });
    for (let count = 0; count < turns; count += 50)
      await Promise.all(
        Array.from({ length: Math.min(50, turns - count) }, () => memory.remember(known, turn(clock.wallTimeMs()))),
      );
    const recalls: number[] = [];
    for (let round = 0; round < rounds; round += 1) recalls.push(await timed(() => memory.recall(known)));
    recallMs.push({ turns, p50Ms: quantile(recalls, 0.5) });
  }
  const eraseMs = await timed(() => memory.erase(person(`known for ${historyLengths[2]}`)));
  return {
    store: store.name,
    rememberP50Ms: quantile(alone, 0.5),
    rememberP95Ms: quantile(alone, 0.95),
    turnsPerSTogether: (1000 * rounds * togetherCount) / togetherMs,
    recallMs,
    eraseMs,
  };
}

export const memoryStoreHead = [
  'store',
  'remember p50 · p95',
  'turns/s, 64 callers at once',
  ...historyLengths.map((turns) => `recall of ${turns}`),
  'erase 1,000',
];

export function memoryStoreRows(figures: readonly MemoryStoreFigures[]): readonly (readonly string[])[] {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return figures.map(({ store, rememberP50Ms, rememberP95Ms, turnsPerSTogether, recallMs, eraseMs }) => [
    store,
    `${rememberP50Ms.toFixed(1)} · ${ms(rememberP95Ms)}`,
    turnsPerSTogether.toFixed(0),
    ...recallMs.map(({ p50Ms }) => ms(p50Ms)),
    ms(eraseMs),
  ]);
}
