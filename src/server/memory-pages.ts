/**
 * What is remembered about a person, over HTTP: to show it, take it along, erase it, and record what they agreed to.
 *
 *   GET    /v1/memory/people/{id}           what is remembered and why
 *   GET    /v1/memory/people/{id}/export    all of it, as JSON
 *   GET    /v1/memory/people/{id}/consent   what the person agreed to
 *   PUT    /v1/memory/people/{id}/consent   { "memory": "given", … }
 *   DELETE /v1/memory/people/{id}           forget everything
 *
 * Always behind a key, which sees the people of its tenant alone; a server without keys answers these on its own machine only.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { EmotionalMemory, PersonName } from '../memory/emotional-memory.js';
import { consentStates, type Consent } from '../privacy/consent.js';
import { credentialOf } from './auth.js';
import { answerError, answerJson } from './http-answer.js';
import type { Tenant, Tenants } from './tenants.js';

export const memoryPathPrefix = '/v1/memory/people/';

const mostBodyBytes = 4_096;
const consentBody = z
  .strictObject({ emotion: z.enum(consentStates), memory: z.enum(consentStates), recording: z.enum(consentStates) })
  .partial();

type Page = (memory: EmotionalMemory, person: PersonName, request: IncomingMessage, actor: string) => Promise<unknown>;

const pages: Readonly<Record<string, Page>> = {
  'GET ': async (memory, person, _request, actor) => {
    const { consent, recollection, turns } = await memory.disclose(person, 'memory.shown', actor);
    return { consent, rememberedTurns: turns.length, recollection };
  },
  'GET export': async (memory, person, _request, actor) => {
    const { voice, ...rest } = await memory.disclose(person, 'memory.exported', actor);
    return { ...rest, voice: voice && { heardS: voice.heardS, mean: Array.from(voice.mean) } };
  },
  'GET consent': (memory, person) => memory.consentOf(person),
  'PUT consent': async (memory, person, request) => memory.setConsent(person, await consentFrom(request)),
  'DELETE ': async (memory, person, _request, actor) => ({ erasedRecords: await memory.erase(person, actor) }),
};

export class MemoryPages {
  readonly #memory: EmotionalMemory | null;
  readonly #tenants: Tenants;

  constructor(options: { readonly memory: EmotionalMemory | null; readonly tenants: Tenants }) {
    this.#memory = options.memory;
    this.#tenants = options.tenants;
  }

  /** @param path below `memoryPathPrefix`. */
  async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [encodedId = '', action = '', ...rest] = path.slice(memoryPathPrefix.length).split('/');
      const page = pages[`${request.method ?? ''} ${action}`];
      const tenant = this.#tenantOf(request);
      if (tenant === undefined) {
        answerError(response, 401, new AttuneError('UNAUTHORIZED', 'The API key is missing or wrong'));
      } else if (this.#memory === null || page === undefined || rest.length > 0 || encodedId === '') {
        answerError(response, 404, new AttuneError('NOT_FOUND', 'Nothing lives at this path'));
      } else {
        const person = { tenant: tenant.name, id: decoded(encodedId) };
        answerJson(response, 200, await page(this.#memory, person, request, actorOf(request)));
      }
    } catch (error) {
      const failure = toAttuneError(error, 'INTERNAL');
      answerError(response, failure.code === 'invalid_value' ? 400 : 503, failure);
    } finally {
      request.resume();
    }
  }

  #tenantOf(request: IncomingMessage): Tenant | undefined {
    const isLocal = /^(?:127\.|::1$|::ffff:127\.)/u.test(request.socket.remoteAddress ?? '');
    if (this.#tenants.open && !isLocal) return undefined;
    return this.#tenants.ofKey(credentialOf(request.headers));
  }
}

/** The beginning of the key's digest: tells keys apart and gives none away. */
function actorOf(request: IncomingMessage): string {
  const key = credentialOf(request.headers);
  return key === undefined ? 'local' : `key ${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch (error) {
    throw new AttuneError('invalid_value', 'the id is not percent-encoded UTF-8', { field: 'id', cause: error });
  }
}

async function consentFrom(request: IncomingMessage): Promise<Partial<Consent>> {
  const parts: Buffer[] = [];
  let byteCount = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    byteCount += part.length;
    if (byteCount > mostBodyBytes) throw new AttuneError('invalid_value', 'the body is too large', { field: 'body' });
    parts.push(part);
  }
  let content: unknown;
  try {
    content = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch (error) {
    throw new AttuneError('invalid_value', 'the body is not JSON', { field: 'body', cause: error });
  }
  const parsed = consentBody.safeParse(content);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AttuneError('invalid_value', issue?.message ?? 'the consent is malformed', {
      field: issue?.path.join('.') ?? 'body',
    });
  }
  return Object.fromEntries(Object.entries(parsed.data).filter(([, state]) => state !== undefined));
}
