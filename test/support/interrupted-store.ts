/**
 * A store in front of another, with what may happen between a look and a write.
 */
import type { AttuneError } from '../../src/core/errors.js';
import type {
  MemoryStore,
  RecordAddress,
  RecordEntry,
  SealedRecord,
  WriteCondition,
} from '../../src/memory/memory-store.js';

export class InterruptedStore implements MemoryStore {
  readonly name = 'interrupted';
  readonly inner: MemoryStore;
  /** Called once, before the next write; `again` lets that write pass and waits for another. */
  beforePut: ((records: readonly SealedRecord[]) => Promise<'again' | undefined | void>) | undefined;
  scrubFailure: AttuneError | null = null;
  removeFailure: AttuneError | null = null;
  listCount = 0;
  scrubCount = 0;

  constructor(inner: MemoryStore) {
    this.inner = inner;
  }

  async put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean> {
    const interrupt = this.beforePut;
    this.beforePut = undefined;
    if ((await interrupt?.(records)) === 'again') this.beforePut = interrupt;
    return this.inner.put(records, condition);
  }

  get(address: RecordAddress): Promise<SealedRecord | null> {
    return this.inner.get(address);
  }

  list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    this.listCount += 1;
    return this.inner.list(tenant, person);
  }

  entries(tenant: string, person: string): Promise<readonly RecordEntry[]> {
    return this.inner.entries(tenant, person);
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    if (this.removeFailure) throw this.removeFailure;
    return this.inner.remove(tenant, person, ids);
  }

  async scrub(): Promise<void> {
    this.scrubCount += 1;
    if (this.scrubFailure) throw this.scrubFailure;
    await this.inner.scrub();
  }

  people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]> {
    return this.inner.people();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inner[Symbol.asyncDispose]();
  }
}
