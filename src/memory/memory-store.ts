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

export interface MemoryStore extends AsyncDisposable {
  readonly name: string;
  /** Resolves when all records are on disk and would survive the death of the process. All or none. */
  put(records: readonly SealedRecord[]): Promise<void>;
  /** A person's records, oldest first. */
  list(tenant: string, person: string): Promise<readonly SealedRecord[]>;
  /** Removes records of a person, all without `ids`, and every trace of them; resolves with how many there were. */
  remove(tenant: string, person: string, ids?: readonly string[]): Promise<number>;
  /** Everybody with a record. */
  people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]>;
}
