/**
 * What this server knows of its Genesys integrations: whether a connection is really theirs.
 *
 * An integration has an API key, which says whose call it is and stays a key like any other, and a client secret, with which
 * it signs the opening request of each connection. Signed are the address as Genesys has it, who calls, and the key; a
 * signature is good for ten seconds and once. Without a secret here, the key alone decides.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Access } from './access.js';
import type { ApiKey } from './api-key.js';
import { HttpSignature } from './http-signature.js';
import { NonceMemory } from './nonce-memory.js';
import type { Config } from './option-table.js';
import { pathBefore, publicUrlOf } from './public-url.js';

/** What Genesys always covers; a signature that leaves one of them open could be moved to another request. */
const mustCover = [
  '@request-target',
  '@authority',
  'audiohook-organization-id',
  'audiohook-session-id',
  'audiohook-correlation-id',
  'x-api-key',
] as const;

/** As the reference implementation of Genesys has them, age counted in full. */
const longestAgeS = 10;
const longestLeadS = 3;
const fewestNonceChars = 22;

/** 128 bits: what is shorter was never meant to be a secret. */
const fewestSecretBytes = 16;

/** Within the 13 s of a signature; many more than there can be calls. */
const mostNonces = 20_000;

export class GenesysLine {
  readonly #secrets: readonly Uint8Array[];
  readonly #publicUrl: URL | null;
  readonly #access: Access;
  readonly #clock: Clock;
  readonly #nonces: NonceMemory;

  /** Throws OPTION_INVALID. */
  constructor(config: Config, { access, clock }: { readonly access: Access; readonly clock: Clock }) {
    const { publicUrl, genesysClientSecrets } = config;
    this.#secrets = genesysClientSecrets.map(secretOf);
    this.#publicUrl = publicUrl === null ? null : publicUrlOf(publicUrl);
    this.#access = access;
    this.#clock = clock;
    this.#nonces = new NonceMemory({ clock, lifetimeMs: (longestAgeS + longestLeadS) * 1_000, mostNonces });
    if (this.isSigned && publicUrl === null)
      throw new AttuneError('OPTION_INVALID', 'genesysClientSecrets needs publicUrl, which signatures cover', {
        field: 'publicUrl',
      });
  }

  /** True when connections must be signed. */
  get isSigned(): boolean {
    return this.#secrets.length > 0;
  }

  /** What a signed connection counts for. Throws SIGNATURE_UNACCEPTED, or what `grantFor` has against its key. */
  admit({ target, headers }: { readonly target: string; readonly headers: IncomingHttpHeaders }): ApiKey {
    const reason = this.#reasonAgainst(target, headers);
    if (reason !== null) throw new AttuneError('SIGNATURE_UNACCEPTED', reason);
    return this.#access.grantFor(fieldOf(headers, 'x-api-key'), headers, 'talk').key;
  }

  /** Null for a good signature, whose nonce is used up with that. */
  #reasonAgainst(target: string, headers: IncomingHttpHeaders): string | null {
    const signature = HttpSignature.of(headers);
    if (signature === null) return 'the signature is missing or cannot be read';
    if (mustCover.some((component) => !signature.components.includes(component)))
      return 'the signature does not cover enough';
    const { keyId, nonce, createdS, expiresS } = signature;
    if (keyId === null || keyId !== fieldOf(headers, 'x-api-key')) return 'the signature belongs to another API key';
    if (nonce === null || nonce.length < fewestNonceChars) return 'the nonce of the signature is missing or too short';
    const nowS = this.#clock.wallTimeMs() / 1_000;
    if (createdS === null || createdS > nowS + longestLeadS) return 'the signature was made in the future, or never';
    if (nowS - createdS > longestAgeS || (expiresS !== null && expiresS < nowS)) return 'the signature is too old';
    if (!signature.isMadeWith(this.#secrets, (component) => this.#valueOf(component, { target, headers })))
      return 'the signature is wrong';
    return this.#nonces.use(nonce) ? null : 'the nonce of the signature was used before';
  }

  #valueOf(
    component: string,
    { target, headers }: { readonly target: string; readonly headers: IncomingHttpHeaders },
  ): string | undefined {
    const publicUrl = this.#publicUrl;
    switch (component) {
      case '@request-target':
        return publicUrl === null ? undefined : `${pathBefore(publicUrl)}${target}`;
      case '@authority':
        return publicUrl?.host;
      default:
        return component.startsWith('@') ? undefined : fieldOf(headers, component);
    }
  }
}

function fieldOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function secretOf(written: string): Uint8Array {
  const bytes = Buffer.from(written, 'base64');
  const isWhole = bytes.toString('base64').replace(/=+$/u, '') === written.replace(/=+$/u, '');
  if (!isWhole || bytes.length < fewestSecretBytes)
    throw new AttuneError(
      'OPTION_INVALID',
      `genesysClientSecrets must each be ${fewestSecretBytes} bytes or more in base64`,
      {
        field: 'genesysClientSecrets',
      },
    );
  return bytes;
}
