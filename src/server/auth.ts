/**
 * Where clients put their key, and what is answered to the subprotocols they offer. Whose key it is, tenants.ts knows.
 *
 * Keys arrive in `Authorization: Bearer`, in `api-key`, or, from browsers that cannot set headers, in the subprotocol
 * `openai-insecure-api-key.KEY`. The key-bearing subprotocol is never answered or logged.
 */
import type { IncomingHttpHeaders } from 'node:http';

const keySubprotocol = 'openai-insecure-api-key.';

/** The subprotocols that a client offers, in its order. */
function offeredSubprotocols(headers: IncomingHttpHeaders): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The offered subprotocols without the one that bears a key. */
export function publicSubprotocols(headers: IncomingHttpHeaders): readonly string[] {
  return offeredSubprotocols(headers).filter((name) => !name.startsWith(keySubprotocol));
}

/** The key of an EVI client: in a header of its own, or, as its browsers do it, in the address. */
export function eviCredentialOf(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const named = headers['x-hume-api-key'];
  const inAddress = query.get('api_key') ?? query.get('access_token') ?? undefined;
  return (typeof named === 'string' ? named : undefined) ?? credentialOf(headers) ?? inAddress;
}

/** What `Authorization: Basic` says, or undefined. */
function basicOf({ authorization = '' }: IncomingHttpHeaders) {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [user = '', password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { user, password };
}

/** The user name of `Authorization: Basic`, or undefined. */
export function basicUserOf(headers: IncomingHttpHeaders): string | undefined {
  return basicOf(headers)?.user || undefined;
}

/** The key that a request carries, or undefined. */
export function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const apiKey = headers['api-key'];
  const offered = offeredSubprotocols(headers).find((name) => name.startsWith(keySubprotocol));
  return bearer ?? (typeof apiKey === 'string' ? apiKey : undefined) ?? offered?.slice(keySubprotocol.length);
}

/** The key of a telephone platform: in a header where it can send one, else in the address (`?key=`). */
export function phoneCredentialOf(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const named = headers['x-api-key'];
  const password = basicOf(headers)?.password;
  const inAddress = query.get('key') ?? undefined;
  return credentialOf(headers) ?? password ?? (typeof named === 'string' ? named : undefined) ?? inAddress;
}
