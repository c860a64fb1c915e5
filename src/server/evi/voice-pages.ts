/**
 * `GET /v0/tts/voices`: the voices that a configuration may name, as Hume's REST interface lists them.
 */
import type { ServerResponse } from 'node:http';
import type { Access } from '../access.js';
import { eviCredentialOf } from '../auth.js';
import { answerJson } from '../http-answer.js';
import { answered, nothingHere, type HttpPage, type PageRequest } from '../http-page.js';
import { pageOf } from './evi-paging.js';

export class VoicePages implements HttpPage {
  readonly #access: Access;
  readonly #voices: () => readonly string[] | undefined;

  constructor(options: { readonly access: Access; readonly voices: () => readonly string[] | undefined }) {
    this.#access = options.access;
    this.#voices = options.voices;
  }

  owns(path: string): boolean {
    return path === '/v0/tts/voices';
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { message, query } = request;
      this.#access.keyOf(message, 'talk', eviCredentialOf(message.headers, query));
      const voices = this.#voices();
      if (message.method !== 'GET' || voices === undefined) throw nothingHere();
      // They are this server's own, whichever provider is asked for.
      const provider = query.get('provider') ?? 'CUSTOM_VOICE';
      const { items, place } = pageOf(voices, query);
      answerJson(response, 200, { ...place, voices_page: items.map((name) => ({ id: name, name, provider })) });
    });
  }
}
