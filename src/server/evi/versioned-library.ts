/**
 * Things with versions that administrators keep on the server: configurations, prompts and tools.
 *
 * A thing has a name of its own within its tenant and kind, and one version or more, numbered from 0; a version's content
 * never changes. Numbers are not given twice. What is changed at the same time is changed one after the other.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { SealedDocuments } from '../../memory/sealed-documents.js';

const mostThings = 1_000;
const mostVersions = 200;

const thingSchema = z.object({
  id: z.string(),
  name: z.string(),
  nextVersion: z.int(),
  versions: z.array(
    z.object({
      version: z.int(),
      description: z.string().nullable(),
      createdAtMs: z.number(),
      modifiedAtMs: z.number(),
      content: z.unknown(),
    }),
  ),
});

type Thing = z.infer<typeof thingSchema>;

/** One version of a thing. */
export interface VersionOf<T> {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly description: string | null;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
  readonly content: T;
}

export interface VersionedLibraryOptions<T> {
  /** As `config`: the shelf and the word in errors. */
  readonly kind: string;
  /** What a version holds; what was kept is read with it as well. */
  readonly content: z.ZodType<T>;
  readonly documents: SealedDocuments;
  readonly clock: Clock;
}

export class VersionedLibrary<T> {
  readonly #options: VersionedLibraryOptions<T>;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(options: VersionedLibraryOptions<T>) {
    this.#options = options;
  }

  /** Newest first. */
  async latest(tenant: string): Promise<readonly VersionOf<T>[]> {
    return (await this.#things(tenant)).map((thing) => this.#versionIn(thing));
  }

  /** Every version of everything, newest first. */
  async all(tenant: string): Promise<readonly VersionOf<T>[]> {
    return (await this.#things(tenant)).flatMap((thing) => this.#versionsIn(thing));
  }

  /** Newest first. Throws NOT_FOUND. */
  async versions(tenant: string, id: string): Promise<readonly VersionOf<T>[]> {
    return this.#versionsIn(await this.#thing(tenant, id));
  }

  /** The newest without `version`. Throws NOT_FOUND. */
  async version(tenant: string, id: string, version?: number | null): Promise<VersionOf<T>> {
    return this.#versionIn(await this.#thing(tenant, id), version);
  }

  /** Throws NAME_TAKEN or QUEUE_FULL. */
  create(
    tenant: string,
    { name, description, content }: { readonly name: string; readonly description: string | null; readonly content: T },
  ): Promise<VersionOf<T>> {
    return this.#changing(async () => {
      const things = await this.#things(tenant);
      this.#assertFree(things, name);
      if (things.length >= mostThings)
        throw new AttuneError('QUEUE_FULL', `there are ${mostThings} ${this.#options.kind}s; delete some first`);
      const thing: Thing = { id: randomUUID(), name, nextVersion: 0, versions: [] };
      return this.#added(tenant, thing, { description, content });
    });
  }

  /** Throws NOT_FOUND or QUEUE_FULL. */
  add(
    tenant: string,
    id: string,
    version: { readonly description: string | null; readonly content: T },
  ): Promise<VersionOf<T>> {
    return this.#changing(async () => {
      const thing = await this.#thing(tenant, id);
      if (thing.versions.length >= mostVersions)
        throw new AttuneError('QUEUE_FULL', `it has ${mostVersions} versions; delete some first`);
      return this.#added(tenant, thing, version);
    });
  }

  /** Throws NOT_FOUND or NAME_TAKEN. */
  rename(tenant: string, id: string, name: string): Promise<void> {
    return this.#changing(async () => {
      const thing = await this.#thing(tenant, id);
      this.#assertFree(
        (await this.#things(tenant)).filter((other) => other.id !== id),
        name,
      );
      await this.#keep(tenant, { ...thing, name });
    });
  }

  /** Throws NOT_FOUND. */
  describe(
    tenant: string,
    id: string,
    { version, description }: { readonly version: number; readonly description: string | null },
  ): Promise<VersionOf<T>> {
    return this.#changing(async () => {
      const thing = await this.#thing(tenant, id);
      this.#versionIn(thing, version);
      const modifiedAtMs = this.#options.clock.wallTimeMs();
      const changed: Thing = {
        ...thing,
        versions: thing.versions.map((one) => (one.version === version ? { ...one, description, modifiedAtMs } : one)),
      };
      await this.#keep(tenant, changed);
      return this.#versionIn(changed, version);
    });
  }

  /** Removes a version, or all of it; with its last version a thing goes. Throws NOT_FOUND. */
  delete(tenant: string, id: string, version?: number): Promise<void> {
    return this.#changing(async () => {
      const thing = await this.#thing(tenant, id);
      if (version !== undefined) this.#versionIn(thing, version);
      const versions = version === undefined ? [] : thing.versions.filter((one) => one.version !== version);
      if (versions.length > 0) await this.#keep(tenant, { ...thing, versions });
      else await this.#options.documents.remove(this.#shelf(tenant), [id]);
    });
  }

  async #added(
    tenant: string,
    thing: Thing,
    { description, content }: { readonly description: string | null; readonly content: T },
  ): Promise<VersionOf<T>> {
    const nowMs = this.#options.clock.wallTimeMs();
    const version = { version: thing.nextVersion, description, createdAtMs: nowMs, modifiedAtMs: nowMs, content };
    const next = { ...thing, nextVersion: thing.nextVersion + 1, versions: [...thing.versions, version] };
    await this.#keep(tenant, next);
    return this.#versionIn(next);
  }

  async #keep(tenant: string, thing: Thing): Promise<void> {
    const atMs = thing.versions[0]?.createdAtMs ?? 0;
    await this.#options.documents.put(this.#shelf(tenant), [{ id: thing.id, atMs, content: thing }]);
  }

  async #things(tenant: string): Promise<readonly Thing[]> {
    const documents = await this.#options.documents.list(this.#shelf(tenant));
    return documents.map(({ content }) => thingSchema.parse(content)).reverse();
  }

  async #thing(tenant: string, id: string): Promise<Thing> {
    const content = await this.#options.documents.get(this.#shelf(tenant), id);
    if (content === undefined) throw this.#missing(id);
    return thingSchema.parse(content);
  }

  #versionsIn(thing: Thing): readonly VersionOf<T>[] {
    return thing.versions.map(({ version }) => this.#versionIn(thing, version)).reverse();
  }

  #versionIn({ id, name, versions }: Thing, version?: number | null): VersionOf<T> {
    const found = typeof version === 'number' ? versions.find((one) => one.version === version) : versions.at(-1);
    if (found === undefined) throw this.#missing(`${id}, version ${version}`);
    return { id, name, ...found, content: this.#options.content.parse(found.content) };
  }

  #assertFree(things: readonly Thing[], name: string): void {
    if (things.some((thing) => thing.name === name))
      throw new AttuneError('NAME_TAKEN', `there is a ${this.#options.kind} of that name`, { field: 'name' });
  }

  #missing(which: string): AttuneError {
    return new AttuneError('NOT_FOUND', `There is no ${this.#options.kind} ${which.slice(0, 80)}`);
  }

  #shelf(tenant: string): { readonly tenant: string; readonly shelf: string } {
    return { tenant, shelf: `evi-${this.#options.kind}` };
  }

  #changing<R>(work: () => Promise<R>): Promise<R> {
    const changed = this.#changes.then(work, work);
    this.#changes = changed.catch(() => undefined);
    return changed;
  }
}
