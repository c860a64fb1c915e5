/**
 * A file that is read at the start, and again when it has changed.
 *
 * The file is looked at once a second. It is read when two looks in a row agree that it differs from what is in force, so
 * that half a file, just being saved, is not taken. A file that cannot be read or understood leaves what is in force as it
 * is, and is reported once.
 */
import { stat } from 'node:fs/promises';
import type { Clock } from '../core/clock.js';
import { toAttuneError, type AttuneError } from '../core/errors.js';
import { Scope } from '../core/scope.js';

const lookEveryMs = 1_000;

export interface WatchedFileOptions<T> {
  readonly file: string;
  /** Rejects when the file cannot be read or understood. */
  readonly read: () => Promise<T>;
  readonly clock: Clock;
  /** Told of what is in force from now on. */
  readonly onChanged: (content: T) => void;
  /** Told why everything stays as it was. */
  readonly onRefused: (error: AttuneError) => void;
}

export class WatchedFile<T> implements AsyncDisposable {
  readonly #options: WatchedFileOptions<T>;
  readonly #scope: Scope;
  #current: T;
  #inForce: string;

  private constructor(options: WatchedFileOptions<T>, first: { readonly content: T; readonly mark: string }) {
    this.#options = options;
    this.#current = first.content;
    this.#inForce = first.mark;
    this.#scope = new Scope(options.file, () => undefined);
    this.#scope.spawn('watch', (signal) => this.#watch(signal));
  }

  /** Rejects as `read` does. */
  static async open<T>(options: WatchedFileOptions<T>): Promise<WatchedFile<T>> {
    const mark = await markOf(options.file);
    return new WatchedFile(options, { content: await options.read(), mark });
  }

  get current(): T {
    return this.#current;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.cancel('shutdown');
    await this.#scope[Symbol.asyncDispose]();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    let seen = this.#inForce;
    for (;;) {
      await this.#options.clock.sleep(lookEveryMs, signal);
      const mark = await markOf(this.#options.file);
      if (mark === seen && mark !== this.#inForce) await this.#reload(mark);
      seen = mark;
    }
  }

  async #reload(mark: string): Promise<void> {
    this.#inForce = mark;
    try {
      this.#current = await this.#options.read();
    } catch (error) {
      this.#options.onRefused(toAttuneError(error, 'FILE_UNREADABLE'));
      return;
    }
    this.#options.onChanged(this.#current);
  }
}

/** What changes when the file does; `absent` for none. */
async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return 'absent';
  }
}
