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

/** What must hold at the very moment of writing: another process may have been quicker. */
export interface WriteCondition extends RecordAddress {
  /** The record there is exactly this one; null: there is none. */
  readonly sealed: Uint8Array | null;
}

export interface MemoryStore extends AsyncDisposable {
  readonly name: string;
  /**
   * Writes all records or none, and resolves when they would survive the death of the process. False, and nothing is
   * written, when the condition does not hold.
   */
  put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean>;
  find(address: RecordAddress): Promise<SealedRecord | undefined>;
  /** A person's records, oldest first. */
  list(tenant: string, person: string): Promise<readonly SealedRecord[]>;
  /**
   * Removes records of a person, all without `ids`, and every trace of them; resolves with how many there were. Throws
   * MEMORY_TRACES_LEFT when they are gone but could not be wiped.
   */
  remove(tenant: string, person: string, ids?: readonly string[]): Promise<number>;
  /** Everybody with a record. */
  people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]>;
}
