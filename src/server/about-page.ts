/**
 * `GET /v1/about`: what this server is made of, and what the key that asks is good for. For pages that let a person sign in.
 *
 * Any key or secret may ask; the answer holds nothing about callers.
 */
import type { ServerResponse } from 'node:http';
import type { Abilities } from '../pipeline/abilities.js';
import type { OpenedModel } from '../inference/inference-host.js';
import type { Access } from './access.js';
import { keyScopes } from './api-key.js';
import { credentialOf } from './auth.js';
import { answerJson } from './http-answer.js';
import { answered, nothingHere, type HttpPage, type PageRequest } from './http-page.js';
import { packageVersion } from './package-root.js';

export interface AboutPageOptions {
  readonly access: Access;
  /** Undefined while models load. */
  readonly abilities: () => Abilities | undefined;
  readonly models: () => readonly OpenedModel[];
  /** Whether people can be remembered. */
  readonly remembers: () => boolean;
}

export class AboutPage implements HttpPage {
  readonly #options: AboutPageOptions;

  constructor(options: AboutPageOptions) {
    this.#options = options;
  }

  owns(path: string): boolean {
    return path === '/v1/about';
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { method, headers } = request.message;
      if (method !== 'GET') throw nothingHere();
      const { access, abilities, models, remembers } = this.#options;
      const { key, isSecret } = access.anyGrantFor(credentialOf(headers), headers);
      const { name, voice, locale, emotionEnabled } = key.tenant;
      const now = abilities();
      answerJson(response, 200, {
        version: packageVersion,
        tenant: name,
        scopes: keyScopes.filter((scope) => key.scopes.has(scope) && (!isSecret || scope === 'talk')),
        voice,
        locale,
        emotion: emotionEnabled,
        memory: remembers(),
        voices: now?.tts.voices ?? [],
        recogniser: now?.stt.name ?? null,
        responder: now?.responder.name ?? null,
        speech: now?.tts.name ?? null,
        models: models().map(({ modelName, provider }) => ({ name: modelName, provider })),
      });
    });
  }
}
