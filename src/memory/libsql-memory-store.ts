/**
 * The embedded store: one libSQL (SQLite) file.
 *
 * Write-ahead log with `synchronous=FULL`: a write that was acknowledged is in the log on disk, so neither a killed process
 * nor a power failure loses it. `secure_delete` overwrites what is deleted with zeros; after an erasure the log, which
 * still holds older pages, is folded into the file and emptied. Writes that arrive together share one commit.
 */
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient, type Client, type InStatement, type Row } from '@libsql/client';
import { AttuneError } from '../core/errors.js';
import type { MemoryStore, RecordAddress, SealedRecord } from './memory-store.js';

/** Records that may wait for a commit. */
const maxWaiting = 10_000;

interface Waiting {
  readonly records: readonly SealedRecord[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class LibsqlMemoryStore implements MemoryStore {
  readonly name = 'file';
  readonly #client: Client;
  #waiting: Waiting[] = [];
  #waitingCount = 0;
  #commit: Promise<void> | undefined;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** Creates the file (readable by its owner alone) and its folder where they are missing. Throws MEMORY_UNAVAILABLE. */
  static async open(file: string): Promise<LibsqlMemoryStore> {
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const client = createClient({ url: pathToFileURL(file).href });
      await client.execute('PRAGMA journal_mode = WAL');
      await client.execute('PRAGMA synchronous = FULL');
      await client.execute('PRAGMA secure_delete = ON');
      await client.execute('PRAGMA busy_timeout = 5000');
      await client.execute(
        `CREATE TABLE IF NOT EXISTS records (
           tenant TEXT NOT NULL, person TEXT NOT NULL, id TEXT NOT NULL, at_ms INTEGER NOT NULL, sealed BLOB NOT NULL,
           PRIMARY KEY (tenant, person, id)
         ) WITHOUT ROWID`,
      );
      await chmod(file, 0o600);
      return new LibsqlMemoryStore(client);
    } catch (error) {
      throw new AttuneError('MEMORY_UNAVAILABLE', `the memory file ${file} cannot be opened`, {
        field: 'memoryPath',
        cause: error,
      });
    }
  }

  put(records: readonly SealedRecord[]): Promise<void> {
    if (this.#waitingCount + records.length > maxWaiting) {
      return Promise.reject(new AttuneError('QUEUE_FULL', 'too many records wait to be written'));
    }
    this.#waitingCount += records.length;
    const written = new Promise<void>((resolve, reject) => this.#waiting.push({ records, resolve, reject }));
    this.#commit ??= this.#commitAll();
    return written;
  }

  async list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    const { rows } = await this.#client.execute({
      sql: 'SELECT * FROM records WHERE tenant = ? AND person = ? ORDER BY at_ms, id',
      args: [tenant, person],
    });
    return rows.map(recordOf);
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    await this.#commit;
    const all: InStatement = {
      sql: 'DELETE FROM records WHERE tenant = ? AND person = ?',
      args: [tenant, person],
    };
    const some = ids?.map((id): InStatement => ({
      sql: 'DELETE FROM records WHERE tenant = ? AND person = ? AND id = ?',
      args: [tenant, person, id],
    }));
    const results = await this.#client.batch(some ?? [all], 'write');
    const count = results.reduce((sum, { rowsAffected }) => sum + rowsAffected, 0);
    if (count > 0) await this.#client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    return count;
  }

  async people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]> {
    const { rows } = await this.#client.execute(`SELECT DISTINCT tenant, person FROM records WHERE person <> ''`);
    return rows.map((row) => ({ tenant: row['tenant'] as string, person: row['person'] as string }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commit;
    this.#client.close();
  }

  /** Writes what waits, then what came meanwhile, one commit after the other. */
  async #commitAll(): Promise<void> {
    // Whoever writes within the same tick shares the first commit.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#client.batch(
          group.flatMap(({ records }) => records.map(insertionOf)),
          'write',
        );
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = new AttuneError('MEMORY_UNAVAILABLE', 'the memory file cannot be written', { cause: error });
        for (const { reject } of group) reject(failure);
      }
      this.#waitingCount -= group.reduce((sum, { records }) => sum + records.length, 0);
    }
    this.#commit = undefined;
  }
}

function insertionOf({ tenant, person, id, atMs, sealed }: SealedRecord): InStatement {
  return {
    sql: 'INSERT OR REPLACE INTO records (tenant, person, id, at_ms, sealed) VALUES (?, ?, ?, ?, ?)',
    args: [tenant, person, id, Math.round(atMs), sealed],
  };
}

function recordOf(row: Row): SealedRecord {
  return {
    tenant: row['tenant'] as string,
    person: row['person'] as string,
    id: row['id'] as string,
    atMs: Number(row['at_ms']),
    sealed: new Uint8Array(row['sealed'] as ArrayBuffer),
  };
}
