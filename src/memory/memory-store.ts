/**
 * Where sealed records lie: the contract of a store.
 *
 * A store sees no name, no text and no feeling: pseudonyms, times and sealed bytes. Records are addressed by tenant, person
 * and id; the same address is overwritten.
 */

export interface RecordAddress {
  readonly tenant: string;
  /** Pseudonym; empty for what belongs to the store itself. */
  readonly person: string;
  readonly id: string;
}

export interface SealedRecord extends RecordAddress {
  /** Wall time of what it records, milliseconds since the epoch. */
  readonly atMs: number;
  readonly sealed: Uint8Array;
}

/** A record without what is in it. */
export type RecordEntry = Pick<SealedRecord, 'id' | 'atMs'>;

/** What must lie at an address for a write to happen: these very bytes, or nothing where `sealed` is null. */
export interface WriteCondition extends RecordAddress {
  readonly sealed: Uint8Array | null;
}

/** Every method rejects with MEMORY_UNAVAILABLE when the store does not answer or was disposed. */
export interface MemoryStore extends AsyncDisposable {
  readonly name: string;
  /** Null where nothing lies. */
  get(address: RecordAddress): Promise<SealedRecord | null>;
  /**
   * Resolves when all records are on disk and would survive the death of the process. All or none; none and `false` when the
   * condition does not hold at that moment, whoever else writes. Times are rounded to whole milliseconds.
   */
  put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean>;
  /** A person's records, oldest first, then by id. */
  list(tenant: string, person: string): Promise<readonly SealedRecord[]>;
  /** The same in the same order, without what is in them: for those who only count or choose. */
  entries(tenant: string, person: string): Promise<readonly RecordEntry[]>;
  /** Removes records of a person, all without `ids`; resolves with how many there were. */
  remove(tenant: string, person: string, ids?: readonly string[]): Promise<number>;
  /** Resolves when nothing that was removed before is left in the store's own files. Throws MEMORY_ERASURE_UNFINISHED. */
  scrub(): Promise<void>;
  /** Everybody with a record. */
  people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]>;
}
