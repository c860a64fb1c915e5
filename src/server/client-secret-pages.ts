/**
 * Where a client's own server gets what its browsers may have in place of the key:
 *
 *   POST /v1/realtime/client_secrets   as OpenAI's: { "expires_after": { "seconds": 600 }, "session": { … } }
 *   POST /oauth2-cc/token              as Hume's: the key as user name of Basic, grant_type=client_credentials
 *
 * Both need a key that may talk. A session stated here is what the browser's call begins with.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import { initialSession, mergeSession, type WireSessionDefaults } from '../protocols/openai-realtime/session-object.js';
import { parseWire } from '../protocols/wire-validation.js';
import type { Access } from './access.js';
import type { ApiKey } from './api-key.js';
import { basicUserOf } from './auth.js';
import { answerJson } from './http-answer.js';
import { answered, jsonBody, nothingHere, textBody, type HttpPage, type PageRequest } from './http-page.js';
import type { Tenant } from './tenant.js';

const secretsPath = '/v1/realtime/client_secrets';
const tokenPath = '/oauth2-cc/token';

/** As a session object may have. */
const mostBodyBytes = 1024 * 1024;
const mostFormBytes = 4_096;
/** Half an hour, as the service that has this path. */
const tokenLifeS = 1_800;

/** Bounds of the API: ten seconds to two hours. */
const secretRequest = z.looseObject({
  expires_after: z
    .looseObject({
      anchor: z.literal('created_at').default('created_at'),
      seconds: z.int().min(10).max(7_200).default(600),
    })
    .default({ anchor: 'created_at', seconds: 600 }),
  session: z.looseObject({ type: z.enum(['realtime', 'transcription']).default('realtime') }).nullish(),
});

export interface ClientSecretPagesOptions {
  readonly access: Access;
  /** The session that a call of this tenant begins with when the client says nothing. */
  readonly sessionOf: (tenant: Tenant) => WireSessionDefaults;
  /** Told of every secret that was made. */
  readonly onCreated: (key: ApiKey) => void;
}

export class ClientSecretPages implements HttpPage {
  readonly #options: ClientSecretPagesOptions;

  constructor(options: ClientSecretPagesOptions) {
    this.#options = options;
  }

  owns(path: string): boolean {
    return path === secretsPath || path === tokenPath;
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      if (request.message.method !== 'POST') throw nothingHere();
      const body =
        request.path === secretsPath ? await this.#secret(request.message) : await this.#token(request.message);
      answerJson(response, 200, body);
    });
  }

  async #secret(request: IncomingMessage): Promise<unknown> {
    const { access, sessionOf, onCreated } = this.#options;
    const key = access.keyOf(request, 'talk');
    const { expires_after: expiry, session } = parseWire(secretRequest, await jsonBody(request, mostBodyBytes), '');
    const defaults = initialSession({ ...sessionOf(key.tenant), type: session?.type ?? 'realtime' });
    const merged = session ? mergeSession(defaults, session) : defaults;
    const { value, expiresAtS } = access.secrets.create(key, {
      lifeMs: expiry.seconds * 1000,
      session: session ?? null,
    });
    onCreated(key);
    return { value, expires_at: expiresAtS, session: merged };
  }

  async #token(request: IncomingMessage): Promise<unknown> {
    const { access, onCreated } = this.#options;
    const key = access.keyOf(request, 'talk', basicUserOf(request.headers));
    const form = new URLSearchParams(await textBody(request, mostFormBytes));
    if (form.get('grant_type') !== 'client_credentials')
      throw new AttuneError('invalid_value', 'only grant_type=client_credentials is answered', { field: 'grant_type' });
    const { value } = access.secrets.create(key, { lifeMs: tokenLifeS * 1000, session: null });
    onCreated(key);
    return { access_token: value, token_type: 'Bearer', expires_in: tokenLifeS, grant_type: 'client_credentials' };
  }
}
