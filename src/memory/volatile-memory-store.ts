/**
 * A store that lasts as long as the process: for what is not to be kept. Whoever fills it bounds it.
 */
import { AttuneError } from '../core/errors.js';
import type { MemoryStore, RecordAddress, RecordEntry, SealedRecord, WriteCondition } from './memory-store.js';

/** Records by id, by person, as `[tenant, person]` in JSON. */
export type VolatilePlace = Map<string, Map<string, SealedRecord>>;

export class VolatileMemoryStore implements MemoryStore {
  readonly name = 'process';
  readonly #place: VolatilePlace;
  #isDisposed = false;

  /** @param place shared by stores that shall see the same records. */
  constructor(place: VolatilePlace = new Map()) {
    this.#place = place;
  }

  async get({ tenant, person, id }: RecordAddress): Promise<SealedRecord | null> {
    return this.#of(tenant, person)?.get(id) ?? null;
  }

  async put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean> {
    this.#assertOpen();
    if (condition !== undefined) {
      const found = this.#of(condition.tenant, condition.person)?.get(condition.id);
      const holds =
        condition.sealed === null
          ? found === undefined
          : found !== undefined && Buffer.from(found.sealed).equals(condition.sealed);
      if (!holds) return false;
    }
    for (const record of records) {
      const key = keyOf(record.tenant, record.person);
      const known = this.#place.get(key) ?? new Map<string, SealedRecord>();
      known.set(record.id, { ...record, atMs: Math.round(record.atMs) });
      this.#place.set(key, known);
    }
    return true;
  }

  async list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    const records = [...(this.#of(tenant, person)?.values() ?? [])];
    return records.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  }

  async entries(tenant: string, person: string): Promise<readonly RecordEntry[]> {
    return (await this.list(tenant, person)).map(({ id, atMs }) => ({ id, atMs }));
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    const known = this.#of(tenant, person);
    const count = [...(ids ?? known?.keys() ?? [])].filter((id) => known?.delete(id)).length;
    if (known?.size === 0) this.#place.delete(keyOf(tenant, person));
    return count;
  }

  async scrub(): Promise<void> {
    this.#assertOpen();
  }

  async people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]> {
    this.#assertOpen();
    return [...this.#place.keys()]
      .map((key) => JSON.parse(key) as [string, string])
      .filter(([, person]) => person !== '')
      .map(([tenant, person]) => ({ tenant, person }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
  }

  #of(tenant: string, person: string): Map<string, SealedRecord> | undefined {
    this.#assertOpen();
    return this.#place.get(keyOf(tenant, person));
  }

  #assertOpen(): void {
    if (this.#isDisposed) throw new AttuneError('MEMORY_UNAVAILABLE', 'the store was closed');
  }
}

function keyOf(tenant: string, person: string): string {
  return JSON.stringify([tenant, person]);
}
