/**
 * Who may do what: the key or secret that a client comes with, what it is good for, how much of it, and from which page.
 *
 * A browser says which page a request comes from. A server that asks for a key trusts whoever has one, unless the operator
 * lists the pages; an open one trusts only its own, so that no page that somebody visits can use the server on their machine.
 * Its own are those at an address or at `localhost`: any other name could have been pointed here by its owner.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { ApiKey, KeyScope } from './api-key.js';
import { credentialOf } from './auth.js';
import type { ClientSecret, ClientSecrets } from './client-secrets.js';
import { KeyUsage } from './key-usage.js';
import type { Tenants } from './tenants.js';

/** What a client may do. */
export interface Grant {
  readonly key: ApiKey;
  /** True for a secret, which is good for talking alone. */
  readonly isSecret: boolean;
  readonly session: ClientSecret['session'];
}

export interface AccessOptions {
  readonly tenants: () => Tenants;
  readonly secrets: ClientSecrets;
  /** As browsers state them, `https://example.com`; `*` for all. */
  readonly allowedOrigins: readonly string[];
  readonly clock: Clock;
}

export class Access {
  readonly secrets: ClientSecrets;
  readonly #options: AccessOptions;
  readonly #usage: KeyUsage;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.secrets = options.secrets;
    this.#usage = new KeyUsage(options.clock);
  }

  /** What a connection may do that brings this credential. Throws UNAUTHORIZED, KEY_SCOPE_MISSING or ORIGIN_REFUSED. */
  grantFor(credential: string | undefined, headers: IncomingHttpHeaders, scope: KeyScope): Grant {
    const grant = this.anyGrantFor(credential, headers);
    if (!grant.key.scopes.has(scope) || (grant.isSecret && scope !== 'talk'))
      throw new AttuneError('KEY_SCOPE_MISSING', `This key may not '${scope}'`, { field: scope });
    return grant;
  }

  /** Whatever the credential is good for. Throws UNAUTHORIZED or ORIGIN_REFUSED. */
  anyGrantFor(credential: string | undefined, headers: IncomingHttpHeaders): Grant {
    this.#assertOrigin(headers);
    const grant = this.#find(credential);
    if (grant === undefined) throw new AttuneError('UNAUTHORIZED', 'The API key is missing or wrong');
    return grant;
  }

  /**
   * The key of an HTTP request, counted. An open server answers these on its own machine only. Throws as `grantFor`, and
   * RATE_LIMITED.
   */
  keyOf(request: IncomingMessage, scope: KeyScope, credential = credentialOf(request.headers)): ApiKey {
    if (this.#options.tenants().open && !isLocal(request))
      throw new AttuneError('UNAUTHORIZED', 'A server without keys answers this on its own machine only');
    const { key } = this.grantFor(credential, request.headers, scope);
    this.#usage.countRequest(key);
    return key;
  }

  /** One call more of the key's; the returned function ends it. Throws RATE_LIMITED. */
  beginCall(key: ApiKey): () => void {
    return this.#usage.beginCall(key);
  }

  #find(credential: string | undefined): Grant | undefined {
    const tenants = this.#options.tenants();
    const secret = credential === undefined ? undefined : this.secrets.find(credential);
    const key = secret === undefined ? tenants.keyOf(credential) : tenants.keyWithId(secret.keyId);
    return key && { key, isSecret: secret !== undefined, session: secret?.session ?? null };
  }

  #assertOrigin({ origin, host }: IncomingHttpHeaders): void {
    const { allowedOrigins } = this.#options;
    if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return;
    const isOpen = this.#options.tenants().open;
    if (!isOpen && allowedOrigins.length === 0) return;
    const page = URL.canParse(origin) ? new URL(origin) : undefined;
    const isOwn = page !== undefined && page.host === host && (!isOpen || isPlainAddress(page.hostname));
    if (!isOwn)
      throw new AttuneError('ORIGIN_REFUSED', 'Pages of this origin may not use the server', { field: 'origin' });
  }
}

function isPlainAddress(hostname: string): boolean {
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/gu, '')) !== 0;
}

function isLocal({ socket }: IncomingMessage): boolean {
  return /^(?:127\.|::1$|::ffff:127\.)/u.test(socket.remoteAddress ?? '');
}
