/**
 * One model from its home to the model home: which files are missing, what their content must be, fetching them, and
 * `model.json` when all are whole.
 *
 * A digest comes, in this order, from the catalogue, from the person pulling, from an earlier pull, or from the file's
 * home; without any the file is refused unless the person trusts the first download. A file that is whole is not
 * touched.
 */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { defined } from '../../core/assert.js';
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { Scope } from '../../core/scope.js';
import type { CatalogueFile, CatalogueModel } from '../model-catalogue.js';
import { judgeFile, PulledModel, type PulledFile, type PulledModelFacts } from '../pulled-model.js';
import { downloadFile, type DownloadEvent, type ExpectedContent } from './file-download.js';
import { homeDigestOf } from './home-digest.js';
import { onDisk, prepareFolder, writeWhole } from './model-home-access.js';
import { PullLock, type LockedFile } from './pull-lock.js';
import { sideBySide } from './side-by-side.js';
import { withRetries } from './transient-failure.js';

/** Homes serve a few connections of one caller well; more only share the line. */
const concurrency = 3;

export interface PullRequest {
  readonly model: CatalogueModel;
  /** Absolute path of the model home. */
  readonly modelHome: string;
  /** Digests that the person pulling supplies, by path. */
  readonly digests: ReadonlyMap<string, string>;
  readonly trustFirstDownload: boolean;
}

export type PullEvent = (
  | DownloadEvent
  | { readonly kind: 'digest'; readonly digest: string; readonly origin: LockedFile['origin']; readonly url: string }
  | { readonly kind: 'done'; readonly sha256: string; readonly origin: LockedFile['origin'] }
) & { readonly file: CatalogueFile };

export interface PullSurroundings {
  readonly clock: Clock;
  readonly scope: Scope;
  readonly report: (event: PullEvent) => void;
}

interface Resolved {
  readonly expected: ExpectedContent;
  readonly origin: LockedFile['origin'];
  readonly url: string;
}

const unknownContent: ExpectedContent = { sha256: undefined, gitBlobName: undefined };

export class ModelPull {
  readonly request: PullRequest;
  /** Absolute. */
  readonly folder: string;
  /** Files that are not there, not whole, or of which nobody here knows what they should be. */
  readonly missing: readonly CatalogueFile[];
  readonly #lock: PullLock;

  private constructor(request: PullRequest, folder: string, missing: readonly CatalogueFile[], lock: PullLock) {
    this.request = request;
    this.folder = folder;
    this.missing = missing;
    this.#lock = lock;
  }

  /** Looks at the disk only. Throws DOWNLOAD_MISMATCH when two sources of a digest disagree, or MODEL_CORRUPT. */
  static async plan(request: PullRequest): Promise<ModelPull> {
    const { model, modelHome } = request;
    const folder = path.join(modelHome, model.name);
    const lock = await PullLock.read(modelHome);
    const strange = [...request.digests.keys()].find((file) => !model.files.some((known) => known.path === file));
    if (strange !== undefined) {
      throw new AttuneError('OPTION_INVALID', `the model '${model.name}' has no file ${strange}`, {
        field: 'sha256',
        hint: `Its files are ${model.files.map((file) => file.path).join(', ')}.`,
      });
    }
    const missing: CatalogueFile[] = [];
    for (const file of model.files) {
      const sha256 = knownDigest(request, file, lock)?.sha256;
      const verdict =
        sha256 === undefined ? 'missing' : await judgeFile(path.join(folder, file.path), { bytes: file.bytes, sha256 });
      if (verdict !== 'ok') missing.push(file);
    }
    return new ModelPull(request, folder, missing, lock);
  }

  get missingBytes(): number {
    return this.missing.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Files whose content nobody vouches for before their home is asked. */
  get undigested(): readonly CatalogueFile[] {
    return this.request.model.files.filter((file) => knownDigest(this.request, file, this.#lock) === undefined);
  }

  /** Resolves when every file and `model.json` are in place. What it throws stands with `downloadFile`; also DIGEST_UNKNOWN. */
  async run({ clock, scope, report }: PullSurroundings): Promise<PulledModel> {
    const { model, modelHome } = this.request;
    await onDisk(modelHome, async () => mkdir(modelHome, { recursive: true }));
    await prepareFolder(this.folder, { neededBytes: this.missingBytes - (await this.#keptBytes()) });
    await sideBySide(this.missing, { concurrency, scope }, async (file, group) => {
      const tell = (event: DownloadEvent): void => report({ ...event, file });
      const { expected, origin, url } = await this.#resolve(file, { clock, scope: group, report: tell });
      const digest = expected.sha256 ?? expected.gitBlobName;
      if (digest !== undefined) report({ kind: 'digest', digest, origin, url, file });
      const target = path.join(this.folder, file.path);
      const isThere =
        expected.sha256 !== undefined &&
        (await judgeFile(target, { bytes: file.bytes, sha256: expected.sha256 })) === 'ok';
      const sha256 = isThere
        ? expected.sha256
        : await downloadFile({ url, file: target, bytes: file.bytes, expected }, { clock, scope: group, report: tell });
      await this.#lock.record(model.name, file.path, { sha256, bytes: file.bytes, origin, listedUrl: file.url, url });
      report({ kind: 'done', sha256, origin, file });
    });
    const facts = this.#facts();
    await writeWhole(path.join(this.folder, 'model.json'), `${JSON.stringify(facts, null, 2)}\n`);
    return PulledModel.read(this.folder);
  }

  /** Of earlier pulls that were broken off. */
  async #keptBytes(): Promise<number> {
    const parts = this.missing.map((file) => stat(path.join(this.folder, `${file.path}.part`)).catch(() => undefined));
    return (await Promise.all(parts)).reduce((sum, part) => sum + (part?.size ?? 0), 0);
  }

  async #resolve(
    file: CatalogueFile,
    {
      clock,
      scope,
      report,
    }: { readonly clock: Clock; readonly scope: Scope; readonly report: (event: DownloadEvent) => void },
  ): Promise<Resolved> {
    const known = knownDigest(this.request, file, this.#lock);
    if (known !== undefined) {
      return { expected: { sha256: known.sha256, gitBlobName: undefined }, origin: known.origin, url: known.url };
    }
    if (this.request.model.home === 'hugging-face') {
      const home = await withRetries(() => homeDigestOf(file.url, { clock, scope }), {
        clock,
        signal: scope.signal,
        what: file.url,
        onPause: (pause) => report({ kind: 'retrying', ...pause }),
      });
      if (home.bytes !== undefined && home.bytes !== file.bytes) {
        throw new AttuneError(
          'DOWNLOAD_MISMATCH',
          `${file.url} has ${home.bytes} bytes at its home and ${file.bytes} in the catalogue`,
          { field: file.path },
        );
      }
      const { sha256, gitBlobName } = home;
      return { expected: { sha256, gitBlobName }, origin: 'home', url: home.url };
    }
    if (this.request.trustFirstDownload) return { expected: unknownContent, origin: 'first-download', url: file.url };
    throw new AttuneError('DIGEST_UNKNOWN', `nobody published a digest of ${file.path}`, { field: file.path });
  }

  #facts(): PulledModelFacts {
    const { name, engine, options, licence, homepage, languages, files } = this.request.model;
    const pulled = files.map((file): PulledFile => {
      const { sha256 } = defined(knownDigest(this.request, file, this.#lock), `the digest of ${file.path}`);
      return { role: file.role, path: file.path, bytes: file.bytes, sha256 };
    });
    return { name, engine, options, licence, homepage, languages, files: pulled };
  }
}

type KnownDigest = Pick<LockedFile, 'sha256' | 'origin' | 'url'>;

/** What is known without asking the network. Throws DOWNLOAD_MISMATCH when the person says otherwise. */
function knownDigest({ model, digests }: PullRequest, file: CatalogueFile, lock: PullLock): KnownDigest | undefined {
  const locked = lock.find(model.name, file.path);
  const given = digests.get(file.path);
  const remembered: KnownDigest | undefined =
    file.sha256 === null
      ? locked && { ...locked, url: locked.listedUrl === file.url ? locked.url : file.url }
      : { sha256: file.sha256, origin: 'catalogue', url: file.url };
  if (given === undefined) return remembered;
  if (remembered !== undefined && remembered.sha256 !== given) {
    throw new AttuneError('DOWNLOAD_MISMATCH', `${file.path} should be ${remembered.sha256} and not ${given}`, {
      field: file.path,
      hint: `To give up what earlier pulls found: attune models remove ${model.name} --forget.`,
    });
  }
  return { sha256: given, origin: 'person', url: remembered?.url ?? file.url };
}
