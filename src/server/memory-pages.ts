/**
 * What is remembered about a person, over HTTP: to show it, take it along, erase it, and record what they agreed to.
 *
 *   GET    /v1/memory/people/{id}           what is remembered and why
 *   GET    /v1/memory/people/{id}/export    all of it, as JSON
 *   GET    /v1/memory/people/{id}/consent   what the person agreed to
 *   PUT    /v1/memory/people/{id}/consent   { "memory": "given", … }
 *   DELETE /v1/memory/people/{id}           forget everything
 *
 * Behind a key with the scope `memory`, which sees the people of its tenant alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import type { EmotionalMemory, PersonName } from '../memory/emotional-memory.js';
import { consentStates, type Consent } from '../privacy/consent.js';
import { parseWire } from '../protocols/wire-validation.js';
import type { Access } from './access.js';
import { actorOf } from './api-key.js';
import { answerJson } from './http-answer.js';
import { answered, jsonBody, nothingHere, type HttpPage, type PageRequest } from './http-page.js';

const pathPrefix = '/v1/memory/people/';

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

export class MemoryPages implements HttpPage {
  readonly #memory: EmotionalMemory | null;
  readonly #access: Access;

  constructor(options: { readonly memory: EmotionalMemory | null; readonly access: Access }) {
    this.#memory = options.memory;
    this.#access = options.access;
  }

  owns(path: string): boolean {
    return path.startsWith(pathPrefix);
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { path, message } = request;
      const [encodedId = '', action = '', ...rest] = path.slice(pathPrefix.length).split('/');
      const page = pages[`${message.method ?? ''} ${action}`];
      const key = this.#access.keyOf(message, 'memory');
      if (this.#memory === null || page === undefined || rest.length > 0 || encodedId === '') throw nothingHere();
      const person = { tenant: key.tenant.name, id: decoded(encodedId) };
      answerJson(response, 200, await page(this.#memory, person, message, actorOf(key)));
    });
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch (error) {
    throw new AttuneError('invalid_value', 'the id is not percent-encoded UTF-8', { field: 'id', cause: error });
  }
}

async function consentFrom(request: IncomingMessage): Promise<Partial<Consent>> {
  const told = parseWire(consentBody, await jsonBody(request, mostBodyBytes), '');
  return Object.fromEntries(Object.entries(told).filter(([, state]) => state !== undefined));
}
