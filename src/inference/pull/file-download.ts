/**
 * One file from its home to its place: resumed where it stopped, checked, and put in place in one step.
 *
 * While it comes it is `<file>.part`, with `<file>.part.json` beside it saying which entity it is a part of. Only a file
 * of the right size and digest takes the real name. A part survives cancelling, crashes and failures that may pass; it
 * is thrown away when its entity has changed or its content is wrong.
 */
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { Scope } from '../../core/scope.js';
import { sha256Of } from '../model-manifest.js';
import { gitBlobNameOf } from '../pulled-model.js';
import { shownAddress } from './address.js';
import { exchange } from './http-exchange.js';
import { onDisk, prepareFolder, writeWhole } from './model-home-access.js';
import { TransientFailure, withRetries } from './transient-failure.js';

/** What the content must be; both undefined when nobody knows. */
export interface ExpectedContent {
  readonly sha256: string | undefined;
  readonly gitBlobName: string | undefined;
}

export interface WantedFile {
  readonly url: string;
  /** Absolute path of the finished file. */
  readonly file: string;
  readonly bytes: number;
  readonly expected: ExpectedContent;
}

export type DownloadEvent =
  | { readonly kind: 'started'; readonly keptBytes: number }
  | { readonly kind: 'received'; readonly bytes: number }
  | { readonly kind: 'restarted'; readonly lostBytes: number; readonly reason: string }
  | { readonly kind: 'retrying'; readonly pauseMs: number; readonly reason: string };

export interface DownloadSurroundings {
  readonly clock: Clock;
  readonly scope: Scope;
  readonly report: (event: DownloadEvent) => void;
}

const entitySchema = z.strictObject({ url: z.string(), etag: z.string().nullable() });
type Entity = z.infer<typeof entitySchema>;

/**
 * Answers the SHA-256 of the file, which is in its place then. Throws DOWNLOAD_FAILED, DOWNLOAD_MISMATCH,
 * ADDRESS_REFUSED, MODEL_HOME_UNUSABLE or the reason of the scope.
 */
export function downloadFile(wanted: WantedFile, surroundings: DownloadSurroundings): Promise<string> {
  return new FileDownload(wanted, surroundings).run();
}

class FileDownload {
  readonly #wanted: WantedFile;
  readonly #surroundings: DownloadSurroundings;
  readonly #partFile: string;
  readonly #entityFile: string;
  /** What the part is a part of; undefined while there is none. */
  #entity: Entity | undefined;
  #receivedBytes = 0;
  #furthestBytes = 0;
  /** True when the part holds bytes of more than one answer. */
  #isPatched = false;

  constructor(wanted: WantedFile, surroundings: DownloadSurroundings) {
    this.#wanted = wanted;
    this.#surroundings = surroundings;
    this.#partFile = `${wanted.file}.part`;
    this.#entityFile = `${this.#partFile}.json`;
  }

  async run(): Promise<string> {
    const { clock, scope, report } = this.#surroundings;
    await prepareFolder(path.dirname(this.#wanted.file), { neededBytes: 0 });
    await this.#lookForPart();
    this.#furthestBytes = this.#receivedBytes;
    report({ kind: 'started', keptBytes: this.#receivedBytes });
    for (let isLastChance = false; ; isLastChance = true) {
      await withRetries(
        async () => {
          try {
            while (this.#receivedBytes < this.#wanted.bytes) await this.#receive();
          } catch (error) {
            throw this.#withProgress(error);
          }
        },
        {
          clock,
          signal: scope.signal,
          what: shownAddress(this.#wanted.url),
          onPause: (pause) => report({ kind: 'retrying', ...pause }),
        },
      );
      const wasPatched = this.#isPatched;
      const sha256 = await this.#checked();
      if (sha256 !== undefined) return sha256;
      // Parts of two entities may have met without the server saying so; then the whole may still be right.
      if (!wasPatched || isLastChance) throw this.#mismatch('does not have the digest it should have');
      report({ kind: 'restarted', lostBytes: this.#wanted.bytes, reason: 'the parts do not fit together' });
    }
  }

  /** Takes up what an earlier download left, or clears it away when it cannot go on. */
  async #lookForPart(): Promise<void> {
    const { url, bytes } = this.#wanted;
    try {
      const { size } = await stat(this.#partFile);
      const entity = entitySchema.parse(JSON.parse(await readFile(this.#entityFile, 'utf8')));
      if (size > 0 && size <= bytes && entity.url === shownAddress(url) && this.#canGoOn(entity)) {
        this.#receivedBytes = size;
        this.#entity = entity;
        this.#isPatched = true;
        return;
      }
    } catch {
      // No part, or nothing that says what it is a part of.
    }
    await this.#discard();
  }

  /** Whether a second half of another entity would be noticed. */
  #canGoOn({ etag }: Entity): boolean {
    const { sha256, gitBlobName } = this.#wanted.expected;
    return etag !== null || (sha256 ?? gitBlobName) !== undefined;
  }

  /** One answer of the server into the part. Resolves when the answer has ended; the part may still be short. */
  async #receive(): Promise<void> {
    const { url, bytes } = this.#wanted;
    const { clock, scope } = this.#surroundings;
    const kept = this.#entity;
    const headers: Record<string, string> = {};
    if (kept !== undefined && this.#receivedBytes > 0 && this.#canGoOn(kept)) {
      headers['range'] = `bytes=${this.#receivedBytes}-`;
      if (kept.etag !== null) headers['if-range'] = kept.etag;
    }
    await exchange(url, { method: 'GET', headers, clock, scope }, async (response, alive) => {
      const tag = response.headers.get('etag');
      const entity: Entity = { url: shownAddress(url), etag: tag?.startsWith('"') === true ? tag : null };
      if (response.status === 206 && headers['range'] !== undefined) {
        const range = /^bytes (\d+)-\d+\/(\d+|\*)$/u.exec(response.headers.get('content-range') ?? '');
        const fits = Number(range?.[1]) === this.#receivedBytes && (range?.[2] === '*' || Number(range?.[2]) === bytes);
        const known = kept?.etag ?? null;
        const isSame = known === null || entity.etag === null || entity.etag === known;
        if (!fits || !isSame) {
          await this.#restart('the file at the home has changed');
          return;
        }
        this.#isPatched = true;
      } else if (response.status === 200) {
        const length = response.headers.get('content-length');
        if (length !== null && Number(length) !== bytes) {
          await this.#discard();
          throw this.#mismatch(`has ${length} bytes`);
        }
        if (this.#receivedBytes > 0) await this.#restart('the server sends the file from its beginning');
        this.#isPatched = false;
        await writeWhole(this.#entityFile, JSON.stringify(entity));
        this.#entity = entity;
      } else {
        await this.#restart(`the server answers ${response.status}`);
        throw new TransientFailure(`the server answers ${response.status}`);
      }
      await this.#append(response, alive);
      if (response.status === 200 && this.#receivedBytes < bytes) {
        const received = this.#receivedBytes;
        await this.#discard();
        throw this.#mismatch(`has ${received} bytes`);
      }
    });
  }

  async #append(response: Response, alive: () => void): Promise<void> {
    const part = await onDisk(path.dirname(this.#partFile), async () => open(this.#partFile, 'a'));
    const before = this.#receivedBytes;
    try {
      for await (const block of blocksOf(response)) {
        alive();
        if (this.#receivedBytes + block.length > this.#wanted.bytes) {
          await this.#discard();
          throw this.#mismatch('goes on after its end');
        }
        await onDisk(path.dirname(this.#partFile), async () => part.appendFile(block));
        this.#receivedBytes += block.length;
        this.#surroundings.report({ kind: 'received', bytes: block.length });
      }
    } finally {
      await part.close();
    }
    if (this.#receivedBytes === before) throw new TransientFailure('the server sent nothing');
  }

  /** Marks a failure that may pass and that still brought more of the file than there ever was. */
  #withProgress(error: unknown): unknown {
    const madeProgress = this.#receivedBytes > this.#furthestBytes;
    this.#furthestBytes = Math.max(this.#furthestBytes, this.#receivedBytes);
    if (!(error instanceof TransientFailure)) return error;
    return new TransientFailure(error.message, { pauseMs: error.pauseMs, madeProgress, cause: error.cause });
  }

  /** The SHA-256 of the part once it is in place; undefined, and the part gone, when the content is wrong. */
  async #checked(): Promise<string | undefined> {
    const { file, bytes, expected } = this.#wanted;
    return onDisk(path.dirname(file), async () => {
      const sha256 = await sha256Of(this.#partFile);
      const isRight =
        (expected.sha256 === undefined || sha256 === expected.sha256) &&
        (expected.gitBlobName === undefined ||
          (await gitBlobNameOf(this.#partFile, { bytes })) === expected.gitBlobName);
      if (!isRight) {
        await this.#discard();
        return undefined;
      }
      const part = await open(this.#partFile, 'r+');
      try {
        await part.sync();
      } finally {
        await part.close();
      }
      await rename(this.#partFile, file);
      await rm(this.#entityFile, { force: true });
      return sha256;
    });
  }

  async #restart(reason: string): Promise<void> {
    this.#surroundings.report({ kind: 'restarted', lostBytes: this.#receivedBytes, reason });
    await this.#discard();
  }

  async #discard(): Promise<void> {
    this.#receivedBytes = 0;
    this.#entity = undefined;
    await onDisk(path.dirname(this.#partFile), async () => {
      await rm(this.#partFile, { force: true });
      await rm(this.#entityFile, { force: true });
    });
  }

  #mismatch(what: string): AttuneError {
    const { url, bytes } = this.#wanted;
    const shown = shownAddress(url);
    return new AttuneError(
      'DOWNLOAD_MISMATCH',
      `${shown} ${what}; ${bytes} bytes of one certain content are expected`,
      {
        field: shown,
      },
    );
  }
}

async function* blocksOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  for await (const block of body) yield block;
}
