/**
 * EVI's REST interface for configurations, prompts and tools, each alike:
 *
 *   GET, POST                  /v0/evi/{configs,prompts,tools}
 *   GET, POST, PATCH, DELETE   …/{id}                           versions, a new version, another name, away with all of it
 *   GET, PATCH, DELETE         …/{id}/version/{version}         one version, another description, away with it
 *
 * To read and to change needs a key with the scope `admin`, which sees what is its tenant's.
 */
import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import { postedName, postedThing, postedVersion } from '../../protocols/evi/library-wire.js';
import { parseWire } from '../../protocols/wire-validation.js';
import type { Access } from '../access.js';
import { eviCredentialOf } from '../auth.js';
import { answerJson, answerNothing, answerText } from '../http-answer.js';
import { answered, jsonBody, nothingHere, type HttpPage, type PageRequest } from '../http-page.js';
import { pageOf } from './evi-paging.js';
import type { VersionedLibrary, VersionOf } from './versioned-library.js';

const mostBodyBytes = 1024 * 1024;

export interface LibraryPagesOptions<T> {
  /** As `configs`: the path and the field of the list. */
  readonly plural: string;
  readonly library: VersionedLibrary<T>;
  readonly content: z.ZodType<T>;
  /** Throws when something posted refers to what is not there. */
  readonly check?: (tenant: string, content: T) => Promise<void>;
  /** One version as it is answered. */
  readonly wireOf: (tenant: string, version: VersionOf<T>) => Promise<unknown>;
  readonly access: Access;
}

export class LibraryPages<T> implements HttpPage {
  readonly #options: LibraryPagesOptions<T>;
  readonly #root: string;

  constructor(options: LibraryPagesOptions<T>) {
    this.#options = options;
    this.#root = `/v0/evi/${options.plural}`;
  }

  owns(path: string): boolean {
    return path === this.#root || path.startsWith(`${this.#root}/`);
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { message, query } = request;
      const credential = eviCredentialOf(message.headers, query);
      const { name: tenant } = this.#options.access.keyOf(message, 'admin', credential).tenant;
      const { library } = this.#options;
      const place = placeIn(request.path.slice(this.#root.length));
      if (place === undefined) throw nothingHere();
      await this.#answer({ request, response, library, tenant, ...place });
    });
  }

  async #answer(asked: {
    readonly request: PageRequest;
    readonly response: ServerResponse;
    readonly library: VersionedLibrary<T>;
    readonly tenant: string;
    readonly id: string | null;
    readonly version: number | null;
  }): Promise<void> {
    const { request, response, library, tenant, id, version } = asked;
    const { wireOf } = this.#options;
    const one = async (found: VersionOf<T>, status = 200): Promise<void> =>
      answerJson(response, status, await wireOf(tenant, found));
    const depth = id === null ? 'all' : version === null ? 'thing' : 'version';
    switch (`${request.message.method ?? ''} ${depth}`) {
      case 'GET all':
        return this.#list(asked, await this.#asked(library, tenant, request.query));
      case 'POST all': {
        const { posted, content } = await this.#posted(request, tenant, postedThing);
        const { name, version_description: description = null } = posted;
        return one(await library.create(tenant, { name, description, content }), 201);
      }
      case 'GET thing':
        return this.#list(asked, await library.versions(tenant, id!));
      case 'POST thing': {
        const { posted, content } = await this.#posted(request, tenant, postedVersion);
        return one(await library.add(tenant, id!, { description: posted.version_description ?? null, content }), 201);
      }
      case 'PATCH thing': {
        const { name } = parseWire(postedName, await jsonBody(request.message, mostBodyBytes), '');
        await library.rename(tenant, id!, name);
        return answerText(response, 'OK');
      }
      case 'DELETE thing':
        await library.delete(tenant, id!);
        return answerNothing(response);
      case 'GET version':
        return one(await library.version(tenant, id!, version));
      case 'PATCH version': {
        const said = parseWire(postedVersion, await jsonBody(request.message, mostBodyBytes), '');
        const description = said.version_description ?? null;
        return one(await library.describe(tenant, id!, { version: version!, description }));
      }
      case 'DELETE version':
        await library.delete(tenant, id!, version!);
        return answerNothing(response);
      default:
        throw nothingHere();
    }
  }

  async #asked(library: VersionedLibrary<T>, tenant: string, query: URLSearchParams): Promise<readonly VersionOf<T>[]> {
    const found =
      query.get('restrict_to_most_recent') === 'false' ? await library.all(tenant) : await library.latest(tenant);
    const name = query.get('name');
    return name === null ? found : found.filter((version) => version.name === name);
  }

  async #list(
    {
      request,
      response,
      tenant,
    }: { readonly request: PageRequest; readonly response: ServerResponse; readonly tenant: string },
    versions: readonly VersionOf<T>[],
  ): Promise<void> {
    const { items, place } = pageOf(versions, request.query);
    const page = await Promise.all(items.map((version) => this.#options.wireOf(tenant, version)));
    answerJson(response, 200, { ...place, [`${this.#options.plural}_page`]: page });
  }

  async #posted<P>(request: PageRequest, tenant: string, around: z.ZodType<P>): Promise<{ posted: P; content: T }> {
    const { content: schema, check } = this.#options;
    const body = await jsonBody(request.message, mostBodyBytes);
    const posted = parseWire(around, body, '');
    const content = parseWire(schema, body, '');
    await check?.(tenant, content);
    return { posted, content };
  }
}

/** `/{id}/version/{version}` in parts; undefined for what is no such place. */
function placeIn(rest: string): { readonly id: string | null; readonly version: number | null } | undefined {
  const found = /^(?:\/(?<id>[\w-]{1,64})(?:\/version\/(?<version>\d{1,6}))?)?$/u.exec(rest)?.groups;
  if (found === undefined) return undefined;
  return { id: found['id'] ?? null, version: found['version'] === undefined ? null : Number(found['version']) };
}
