/**
 * JSON documents in a store, sealed: shelf by shelf, each under an id. The store sees shelves, ids and times, never content.
 *
 * A shelf takes the place of a person in the store's addresses. Content is read back as it was put; who reads knows its shape.
 */
import type { MemoryStore, RecordAddress, RecordEntry, SealedRecord } from './memory-store.js';
import type { Vault } from './vault.js';

export interface ShelvedDocument {
  readonly id: string;
  /** Wall time it is about, milliseconds since the epoch; the order of a shelf. */
  readonly atMs: number;
  readonly content: unknown;
}

export interface Shelf {
  readonly tenant: string;
  readonly shelf: string;
}

export class SealedDocuments implements AsyncDisposable {
  readonly #store: MemoryStore;
  readonly #vault: Vault;

  /** Disposing it disposes the store. */
  constructor(options: { readonly store: MemoryStore; readonly vault: Vault }) {
    this.#store = options.store;
    this.#vault = options.vault;
  }

  /** Resolves when all are on disk; the same id is overwritten. Throws MEMORY_UNAVAILABLE or QUEUE_FULL. */
  async put({ tenant, shelf }: Shelf, documents: readonly ShelvedDocument[]): Promise<void> {
    await this.#store.put(
      documents.map(({ id, atMs, content }) => {
        const address = { tenant, person: shelf, id };
        return { ...address, atMs, sealed: this.#vault.seal(Buffer.from(JSON.stringify(content)), placeOf(address)) };
      }),
    );
  }

  /** Undefined where there is none. Throws MEMORY_UNAVAILABLE or MEMORY_SEALED. */
  async get({ tenant, shelf }: Shelf, id: string): Promise<unknown> {
    const record = await this.#store.get({ tenant, person: shelf, id });
    return record === null ? undefined : this.#opened(record);
  }

  /** Oldest first, then by id. */
  async list({ tenant, shelf }: Shelf): Promise<readonly ShelvedDocument[]> {
    const records = await this.#store.list(tenant, shelf);
    return records.map((record) => ({ id: record.id, atMs: record.atMs, content: this.#opened(record) }));
  }

  /** As `list`, without content. */
  entries({ tenant, shelf }: Shelf): Promise<readonly RecordEntry[]> {
    return this.#store.entries(tenant, shelf);
  }

  /** Removes documents of a shelf, all without `ids`; resolves with how many there were. */
  remove({ tenant, shelf }: Shelf, ids?: readonly string[]): Promise<number> {
    return this.#store.remove(tenant, shelf, ids);
  }

  /** Resolves when nothing that was removed is left in the store's files. Throws MEMORY_ERASURE_UNFINISHED. */
  scrub(): Promise<void> {
    return this.#store.scrub();
  }

  async shelves(): Promise<readonly Shelf[]> {
    return (await this.#store.people()).map(({ tenant, person }) => ({ tenant, shelf: person }));
  }

  /** Seals with the newest key what an older one sealed. */
  async renew(): Promise<void> {
    for (const { tenant, shelf } of await this.shelves()) {
      const old = (await this.#store.list(tenant, shelf)).filter(({ sealed }) => !this.#vault.isCurrent(sealed));
      for (const record of old) {
        const sealed = this.#vault.seal(this.#vault.open(record.sealed, placeOf(record)), placeOf(record));
        // Left as it is when it changed meanwhile.
        await this.#store.put([{ ...record, sealed }], record);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  #opened(record: SealedRecord): unknown {
    return JSON.parse(this.#vault.open(record.sealed, placeOf(record)).toString('utf8'));
  }
}

function placeOf({ tenant, person, id }: RecordAddress): string {
  return JSON.stringify(['document', tenant, person, id]);
}
