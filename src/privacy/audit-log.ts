/**
 * The audit log on disk: one JSON object a line, appended and synchronised before it counts as noted.
 *
 * Entries that wait together share one synchronisation. Several processes may write the same file, as two servers do, or a
 * server and a command line: each takes a lock, reads what the others have appended, and goes on from there. An unfinished last
 * line, which only a death or a full disk in the middle of a write leaves, was never acknowledged: it is cut off by the next
 * who writes.
 */
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import { AttuneError, toAttuneError } from '../core/errors.js';
import { emptyChain, nextEntry, verifyChain, type AuditEvent, type ChainHead } from './audit-chain.js';

/** Takes note of what happened. Rejects with AUDIT_UNAVAILABLE or QUEUE_FULL. */
export interface AuditTrail {
  note(event: AuditEvent): Promise<void>;
}

const mostWaiting = 10_000;
/** A lock nobody has renewed for so long was left by a process that died. */
const staleMs = 3_000;
/** Some eight seconds in all: longer than until the lock of a dead process is stale. */
const lockRetries = { retries: 40, factor: 1.3, minTimeout: 5, maxTimeout: 300 };
const newline = 0x0a;

interface Waiting {
  readonly event: AuditEvent;
  readonly time: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface AuditLogOptions {
  /** Seals the entries; null: their hashes alone chain them. */
  readonly key: string | null;
  readonly wallTimeMs: () => number;
}

export class AuditLog implements AuditTrail, AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #options: AuditLogOptions;
  #head = emptyChain;
  /** How much of the file lies behind `#head`. */
  #readBytes = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle, options: AuditLogOptions) {
    this.#path = file;
    this.#file = handle;
    this.#options = options;
  }

  /** Goes on where the file ends. Throws AUDIT_BROKEN when its chain does not hold, AUDIT_UNAVAILABLE when it cannot be opened. */
  static async open(file: string, options: AuditLogOptions): Promise<AuditLog> {
    let handle: FileHandle | undefined;
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      handle = await open(file, 'a+', 0o600);
      const log = new AuditLog(file, handle, options);
      await log.#locked(() => log.#catchUp());
      return log;
    } catch (error) {
      await handle?.close();
      if (error instanceof AttuneError) throw error;
      throw new AttuneError('AUDIT_UNAVAILABLE', `the audit log ${file} cannot be opened`, {
        field: 'auditLog',
        cause: error,
      });
    }
  }

  /** The newest entry's number and hash, worth keeping elsewhere. */
  get head(): ChainHead {
    return this.#head;
  }

  note(event: AuditEvent): Promise<void> {
    if (this.#waiting.length >= mostWaiting) {
      return Promise.reject(new AttuneError('QUEUE_FULL', 'too many entries wait for the audit log'));
    }
    const time = new Date(this.#options.wallTimeMs()).toISOString();
    const noted = new Promise<void>((resolve, reject) => this.#waiting.push({ event, time, resolve, reject }));
    this.#writing ??= this.#writeAll();
    return noted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#locked(async () => {
          await this.#catchUp();
          await this.#append(group);
        });
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = toAttuneError(error, 'AUDIT_UNAVAILABLE');
        for (const { reject } of group) reject(failure);
      }
    }
    this.#writing = undefined;
  }

  async #append(group: readonly Waiting[]): Promise<void> {
    let head = this.#head;
    const lines = group.map(({ event, time }) => {
      const entry = nextEntry(head, event, time, this.#options.key);
      head = { sequence: entry.sequence, hash: entry.hash };
      return `${JSON.stringify(entry)}\n`;
    });
    const bytes = Buffer.from(lines.join(''));
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
    this.#head = head;
    this.#readBytes += bytes.length;
  }

  /** Takes in what others have appended. Throws AUDIT_BROKEN. */
  async #catchUp(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size === this.#readBytes) return;
    const { sequence } = this.#head;
    if (size < this.#readBytes) throw brokenAt(this.#path, { line: sequence, problem: 'the file has become shorter' });
    const added = Buffer.alloc(size - this.#readBytes);
    await this.#file.read(added, 0, added.length, this.#readBytes);
    const { lines, wholeBytes, isTorn } = linesOf(added);
    const verdict = verifyChain(lines, this.#options.key, this.#head);
    if (!verdict.ok) throw brokenAt(this.#path, verdict);
    if (isTorn) await this.#file.truncate(this.#readBytes + wholeBytes);
    this.#head = verdict.head;
    this.#readBytes += wholeBytes;
  }

  /** Runs `work` while no other process reads or writes the end of the file. */
  async #locked(work: () => Promise<void>): Promise<void> {
    let lost: Error | undefined;
    const release = await lock(this.#path, {
      stale: staleMs,
      retries: lockRetries,
      onCompromised: (error) => (lost = error),
    });
    try {
      await work();
    } finally {
      // What was lost needs no release; the next to write finds out whether anything went wrong.
      if (lost === undefined) await release();
    }
  }
}

/** The whole lines of a file; none of one that is not there. */
export async function readAuditFile(file: string): Promise<AuditLines> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  return linesOf(content);
}

export interface AuditLines {
  readonly lines: readonly string[];
  readonly wholeBytes: number;
  /** True when the last line is unfinished. */
  readonly isTorn: boolean;
}

function linesOf(content: Buffer): AuditLines {
  const wholeBytes = content.lastIndexOf(newline) + 1;
  const lines = content.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  return { lines, wholeBytes, isTorn: wholeBytes < content.length };
}

function brokenAt(file: string, verdict: { readonly line: number; readonly problem: string }): AttuneError {
  return new AttuneError('AUDIT_BROKEN', `${file}, line ${verdict.line}: ${verdict.problem}`, { field: 'auditLog' });
}
