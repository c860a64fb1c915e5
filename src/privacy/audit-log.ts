/**
 * The audit log on disk: one JSON object a line, appended and synchronised before it counts as noted.
 *
 * Entries that wait together share one synchronisation. An unfinished last line, which only a death in the middle of a
 * write leaves, was never acknowledged: it is cut off at the next start and said so by an entry.
 */
import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AttuneError } from '../core/errors.js';
import { emptyChain, nextEntry, verifyChain, type AuditEvent, type ChainHead } from './audit-chain.js';

/** Takes note of what happened. Rejects with AUDIT_UNAVAILABLE or QUEUE_FULL. */
export interface AuditTrail {
  note(event: AuditEvent): Promise<void>;
}

const mostWaiting = 10_000;

interface Waiting {
  readonly event: AuditEvent;
  readonly time: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class AuditLog implements AuditTrail, AsyncDisposable {
  readonly #file: FileHandle;
  readonly #key: string | null;
  readonly #wallTimeMs: () => number;
  #head: ChainHead;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(file: FileHandle, head: ChainHead, key: string | null, wallTimeMs: () => number) {
    this.#file = file;
    this.#head = head;
    this.#key = key;
    this.#wallTimeMs = wallTimeMs;
  }

  /** Goes on where the file ends. Throws AUDIT_BROKEN when its chain does not hold, AUDIT_UNAVAILABLE when it cannot be opened. */
  static async open(
    file: string,
    options: { readonly key: string | null; readonly wallTimeMs: () => number },
  ): Promise<AuditLog> {
    const { key, wallTimeMs } = options;
    try {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      const { lines, wholeBytes, isTorn } = await readAuditFile(file);
      const verdict = verifyChain(lines, key);
      if (!verdict.ok) throw brokenAt(file, verdict);
      const handle = await open(file, 'a', 0o600);
      if (isTorn) await handle.truncate(wholeBytes);
      return new AuditLog(handle, lines.length === 0 ? emptyChain : verdict.head, key, wallTimeMs);
    } catch (error) {
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
    const time = new Date(this.#wallTimeMs()).toISOString();
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
      let head = this.#head;
      const lines = group.map(({ event, time }) => {
        const entry = nextEntry(head, event, time, this.#key);
        head = { sequence: entry.sequence, hash: entry.hash };
        return `${JSON.stringify(entry)}\n`;
      });
      try {
        await this.#file.appendFile(lines.join(''));
        await this.#file.datasync();
        this.#head = head;
        for (const { resolve } of group) resolve();
      } catch (error) {
        const failure = new AttuneError('AUDIT_UNAVAILABLE', 'the audit log cannot be written', { cause: error });
        for (const { reject } of group) reject(failure);
      }
    }
    this.#writing = undefined;
  }
}

/** The whole lines of a file; none of one that is not there. */
export async function readAuditFile(
  file: string,
): Promise<{ readonly lines: readonly string[]; readonly wholeBytes: number; readonly isTorn: boolean }> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const wholeBytes = content.lastIndexOf(0x0a) + 1;
  const lines = content.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  return { lines, wholeBytes, isTorn: wholeBytes < content.length };
}

function brokenAt(file: string, verdict: { readonly line: number; readonly problem: string }): AttuneError {
  return new AttuneError('AUDIT_BROKEN', `${file}, line ${verdict.line}: ${verdict.problem}`, { field: 'auditLog' });
}
