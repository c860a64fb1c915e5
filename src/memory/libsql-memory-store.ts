/**
 * The embedded store: one libSQL (SQLite) file.
 *
 * Write-ahead log with `synchronous=FULL`: a write that was acknowledged is in the log on disk, so neither a killed process
 * nor a power failure loses it. `secure_delete` overwrites what is deleted with zeros; scrubbing writes the file anew on a
 * thread of its own and empties the log, which still holds older pages. Writes that arrive together share one commit, and
 * wait while the file is written anew.
 *
 * The library works on the thread that calls it. A lock of another process is therefore waited for in short steps between
 * which calls go on, and two commits never follow each other without letting others have their turn. A statement that met a
 * lock stays open in the library and stands in the way of every later commit, so its connection is given up.
 */
import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createClient, type Client, type InStatement, type InValue, type ResultSet, type Row } from '@libsql/client';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { WorkerThread } from '../inference/worker-thread.js';
import { isLocked } from './libsql-lock.js';
import type { RewritingRequest, RewritingResult } from './libsql-rewriting.js';
import type { MemoryStore, RecordAddress, RecordEntry, SealedRecord, WriteCondition } from './memory-store.js';
import { SharedRun } from './shared-run.js';

/** Records that may wait for a commit. */
const maxWaiting = 10_000;
/** The thread stands still for so long at most while another process holds the lock. */
const busyTimeoutMs = 10;
/** Pauses grow by a step each: 20 attempts wait 4.75 seconds together. */
const mostAttempts = 20;
const pauseStepMs = 25;

/** Of each connection; the file itself remembers none of them. */
const settings: readonly string[] = [
  `PRAGMA busy_timeout = ${busyTimeoutMs}`,
  'PRAGMA synchronous = FULL',
  'PRAGMA secure_delete = ON',
];

interface Waiting {
  readonly records: readonly SealedRecord[];
  readonly condition: WriteCondition | undefined;
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
}

export class LibsqlMemoryStore implements MemoryStore {
  readonly name = 'file';
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #file: string;
  readonly #scrubbing = new SharedRun(() => this.#writeAnew());
  readonly #rewriter = new WorkerThread<RewritingRequest, RewritingResult>({
    url: new URL('./libsql-rewriting-worker.js', import.meta.url),
    name: 'memory-rewriting',
    finishesRequests: true,
  });
  #waiting: Waiting[] = [];
  #waitingCount = 0;
  #commit: Promise<void> | undefined;
  #isSet = false;
  #isDisposed = false;

  private constructor(client: Client, { file, clock }: { readonly file: string; readonly clock: Clock }) {
    this.#client = client;
    this.#file = file;
    this.#clock = clock;
  }

  /** Creates the file (readable by its owner alone) and its folder where they are missing. Throws MEMORY_UNAVAILABLE. */
  static async open(file: string, { clock }: { readonly clock: Clock }): Promise<LibsqlMemoryStore> {
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      // One connection: a second one would be without the settings.
      const client = createClient({ url: pathToFileURL(file).href, concurrency: 1 });
      const store = new LibsqlMemoryStore(client, { file, clock });
      for (const statement of [
        'PRAGMA journal_mode = WAL',
        `CREATE TABLE IF NOT EXISTS records (
           tenant TEXT NOT NULL, person TEXT NOT NULL, id TEXT NOT NULL, at_ms INTEGER NOT NULL, sealed BLOB NOT NULL,
           PRIMARY KEY (tenant, person, id)
         ) WITHOUT ROWID`,
      ])
        await store.#unlocked(() => client.execute(statement));
      await chmod(file, 0o600);
      return store;
    } catch (error) {
      throw new AttuneError('MEMORY_UNAVAILABLE', `the memory file ${file} cannot be opened`, {
        field: 'memoryPath',
        cause: error,
      });
    }
  }

  async get({ tenant, person, id }: RecordAddress): Promise<SealedRecord | null> {
    const [row] = await this.#rows('SELECT * FROM records WHERE tenant = ? AND person = ? AND id = ?', [
      tenant,
      person,
      id,
    ]);
    return row ? recordOf(row) : null;
  }

  /** Rejects with QUEUE_FULL when too much waits already. */
  put(records: readonly SealedRecord[], condition?: WriteCondition): Promise<boolean> {
    if (this.#waitingCount + records.length > maxWaiting) {
      return Promise.reject(new AttuneError('QUEUE_FULL', 'too many records wait to be written'));
    }
    if (records.length === 0) return Promise.resolve(true);
    this.#waitingCount += records.length;
    const written = new Promise<boolean>((resolve, reject) =>
      this.#waiting.push({ records, condition, resolve, reject }),
    );
    this.#commit ??= this.#commitAll();
    return written;
  }

  async list(tenant: string, person: string): Promise<readonly SealedRecord[]> {
    const rows = await this.#rows('SELECT * FROM records WHERE tenant = ? AND person = ? ORDER BY at_ms, id', [
      tenant,
      person,
    ]);
    return rows.map(recordOf);
  }

  async entries(tenant: string, person: string): Promise<readonly RecordEntry[]> {
    const rows = await this.#rows('SELECT id, at_ms FROM records WHERE tenant = ? AND person = ? ORDER BY at_ms, id', [
      tenant,
      person,
    ]);
    return rows.map((row) => ({ id: row['id'] as string, atMs: Number(row['at_ms']) }));
  }

  async remove(tenant: string, person: string, ids?: readonly string[]): Promise<number> {
    const all: InStatement = { sql: 'DELETE FROM records WHERE tenant = ? AND person = ?', args: [tenant, person] };
    const some = ids?.map((id): InStatement => ({
      sql: 'DELETE FROM records WHERE tenant = ? AND person = ? AND id = ?',
      args: [tenant, person, id],
    }));
    const results = await this.#write(some ?? [all]);
    return results.reduce((sum, { rowsAffected }) => sum + rowsAffected, 0);
  }

  scrub(): Promise<void> {
    return this.#scrubbing.ask();
  }

  async people(): Promise<readonly Pick<RecordAddress, 'tenant' | 'person'>[]> {
    const rows = await this.#rows(`SELECT DISTINCT tenant, person FROM records WHERE person <> ''`, []);
    return rows.map((row) => ({ tenant: row['tenant'] as string, person: row['person'] as string }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scrubbing.idle();
    await this.#commit;
    this.#isDisposed = true;
    this.#client.close();
    await this.#rewriter[Symbol.asyncDispose]();
  }

  /** Writes what waits, then what came meanwhile, one commit after the other. */
  async #commitAll(): Promise<void> {
    // Whoever writes within the same turn of the event loop shares the first commit.
    await setImmediate();
    while (this.#waiting.length > 0) {
      await this.#scrubbing.idle();
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const statements = group.map(insertionsOf);
        const results = await this.#write(statements.flat());
        let at = 0;
        group.forEach(({ resolve }, index) => {
          const count = statements[index]?.length ?? 0;
          resolve(results.slice(at, at + count).every(({ rowsAffected }) => rowsAffected === 1));
          at += count;
        });
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
      this.#waitingCount -= group.reduce((sum, { records }) => sum + records.length, 0);
      await setImmediate();
    }
    this.#commit = undefined;
  }

  /** Throws MEMORY_ERASURE_UNFINISHED. */
  async #writeAnew(): Promise<void> {
    let rewrite = true;
    try {
      for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
        const result = await this.#rewriter.call({ file: this.#file, rewrite });
        if (result.isLogEmpty) return;
        rewrite = !result.isRewritten;
        await this.#pause(attempt);
      }
    } catch (error) {
      throw unfinished(error);
    }
    throw unfinished();
  }

  async #rows(sql: string, args: InValue[]): Promise<readonly Row[]> {
    return answered(async () => (await this.#unlocked(() => this.#client.execute({ sql, args }))).rows);
  }

  #write(statements: InStatement[]): Promise<readonly ResultSet[]> {
    return answered(() => this.#unlocked(() => this.#client.batch(statements, 'write')));
  }

  /** Tries again while another process holds the lock; rejects with the library's own error. */
  async #unlocked<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (!this.#isSet) await this.#reconnect();
        return await work();
      } catch (error) {
        if (this.#isDisposed || !isLocked(error)) throw error;
        this.#isSet = false;
        if (attempt === mostAttempts) throw error;
      }
      await this.#pause(attempt);
    }
  }

  /** All statements are asked for at once: the single connection serves them before anybody else's. */
  async #reconnect(): Promise<void> {
    this.#isSet = true;
    this.#client.reconnect();
    await Promise.all(settings.map((setting) => this.#client.execute(setting)));
  }

  #pause(attempt: number): Promise<void> {
    return this.#clock.sleep(attempt * pauseStepMs, new AbortController().signal);
  }
}

/** The record that the condition looks at comes last: what comes before it must see it as it was. */
function insertionsOf({ records, condition }: Waiting): InStatement[] {
  if (condition === undefined) return records.map((record) => insertionOf(record));
  const isLookedAt = (record: SealedRecord): boolean =>
    record.id === condition.id && record.person === condition.person && record.tenant === condition.tenant;
  return [...records.filter((record) => !isLookedAt(record)), ...records.filter(isLookedAt)].map((record) =>
    insertionOf(record, condition),
  );
}

function insertionOf({ tenant, person, id, atMs, sealed }: SealedRecord, condition?: WriteCondition): InStatement {
  const into = 'INSERT OR REPLACE INTO records (tenant, person, id, at_ms, sealed)';
  const values: InValue[] = [tenant, person, id, Math.round(atMs), sealed];
  if (condition === undefined) return { sql: `${into} VALUES (?, ?, ?, ?, ?)`, args: values };
  const there = 'EXISTS (SELECT 1 FROM records WHERE tenant = ? AND person = ? AND id = ?';
  const where: InValue[] = [condition.tenant, condition.person, condition.id];
  return condition.sealed === null
    ? { sql: `${into} SELECT ?, ?, ?, ?, ? WHERE NOT ${there})`, args: [...values, ...where] }
    : {
        sql: `${into} SELECT ?, ?, ?, ?, ? WHERE ${there} AND sealed = ?)`,
        args: [...values, ...where, condition.sealed],
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

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new AttuneError('MEMORY_UNAVAILABLE', 'the memory file cannot be read or written', { cause: error });
  }
}

function unfinished(cause?: unknown): AttuneError {
  return new AttuneError('MEMORY_ERASURE_UNFINISHED', 'the memory file is in use and cannot be written anew', {
    cause,
  });
}
