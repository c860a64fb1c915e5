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
import type { MemoryStore, RecordAddress, SealedRecord, WriteCondition } from './memory-store.js';

/** Records that may wait for a commit. */
const maxWaiting = 10_000;
/** Each waits for readers as long as `busy_timeout`. */
const wipeAttempts = 3;
const defaultBusyTimeoutMs = 5_000;

interface Waiting {
  readonly records: readonly SealedRecord[];
  readonly condition: WriteCondition | undefined;
  readonly resolve: (written: boolean) => void;
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
  static async open(
    file: string,
    { busyTimeoutMs = defaultBusyTimeoutMs }: { readonly busyTimeoutMs?: number } = {},
  ): Promise<LibsqlMemoryStore> {
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const client = createClient({ url: pathToFileURL(file).href });
      await client.execute('PRAGMA journal_mode = WAL');
      await client.execute('PRAGMA synchronous = FULL');
      await client.execute('PRAGMA secure_delete = ON');
      await client.execute(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
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

  put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean> {
    if (this.#waitingCount + records.length > maxWaiting) {
      return Promise.reject(new AttuneError('QUEUE_FULL', 'too many records wait to be written'));
    }
    this.#waitingCount += records.length;
    const written = new Promise<boolean>((resolve, reject) =>
      this.#waiting.push({ records, condition, resolve, reject }),
    );
    this.#commit ??= this.#commitAll();
    return written;
  }

  async find({ tenant, person, id }: RecordAddress): Promise<SealedRecord | undefined> {
    await this.#commit;
    const { rows } = await this.#client.execute({
      sql: 'SELECT * FROM records WHERE tenant = ? AND person = ? AND id = ?',
      args: [tenant, person, id],
    });
    return rows[0] && recordOf(rows[0]);
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
    if (count > 0) await this.#wipeLog();
    return count;
  }

  /** The log holds pages as they were before; it is folded into the file and cut to nothing. */
  async #wipeLog(): Promise<void> {
    for (let attempt = 0; attempt < wipeAttempts; attempt += 1) {
      // Waits for `busy_timeout` when somebody reads; row: busy 0/1, pages in the log, pages folded in.
      const { rows } = await this.#client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
      if (Number(rows[0]?.['busy'] ?? 1) === 0) return;
    }
    throw new AttuneError(
      'MEMORY_TRACES_LEFT',
      'another process reads the memory file, so its log could not be emptied',
    );
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
        const results = await this.#client.batch(
          group.flatMap(({ records, condition }) => records.map((record) => insertionOf(record, condition))),
          'write',
        );
        let first = 0;
        for (const { records, resolve } of group) {
          resolve(records.length === 0 || results[first]!.rowsAffected > 0);
          first += records.length;
        }
      } catch (error) {
        const failure = new AttuneError('MEMORY_UNAVAILABLE', 'the memory file cannot be written', { cause: error });
        for (const { reject } of group) reject(failure);
      }
      this.#waitingCount -= group.reduce((sum, { records }) => sum + records.length, 0);
    }
    this.#commit = undefined;
  }
}

/** The condition holds for all records of a put or for none: they are not the record it is about, or they are one alone. */
function insertionOf({ tenant, person, id, atMs, sealed }: SealedRecord, condition?: WriteCondition): InStatement {
  const record = [tenant, person, id, Math.round(atMs), sealed];
  const insert = 'INSERT OR REPLACE INTO records (tenant, person, id, at_ms, sealed)';
  if (condition === undefined) return { sql: `${insert} VALUES (?, ?, ?, ?, ?)`, args: record };
  const there = 'EXISTS (SELECT 1 FROM records WHERE tenant = ? AND person = ? AND id = ?';
  const address = [condition.tenant, condition.person, condition.id];
  return condition.sealed === null
    ? { sql: `${insert} SELECT ?, ?, ?, ?, ? WHERE NOT ${there})`, args: [...record, ...address] }
    : {
        sql: `${insert} SELECT ?, ?, ?, ?, ? WHERE ${there} AND sealed = ?)`,
        args: [...record, ...address, condition.sealed],
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
