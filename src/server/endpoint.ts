/**
 * The seam between the sockets and the protocols: a path and what happens with a connection that came in on it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ApiKey } from './api-key.js';
import type { ClientSecret } from './client-secrets.js';
import type { Tenant } from './tenant.js';
import type { Transport } from './transport.js';

/** What is known of a connection besides its bytes. */
export interface CallRequest {
  /** Made by the server, unguessable; the name of the call in logs. */
  readonly id: string;
  readonly path: string;
  /** Whose key it came with. */
  readonly tenant: Tenant;
  /** What the secret it came with says of the session, in the wire format of the path that made the secret. */
  readonly broughtSession: ClientSecret['session'];
  readonly query: URLSearchParams;
  /** May hold keys: never log them. */
  readonly headers: IncomingHttpHeaders;
  /** All subprotocols the client offered, the key-bearing one left out. */
  readonly subprotocols: readonly string[];
  readonly remoteAddress: string;
  /** Aborts when the server begins to drain: finish the reply that runs, then settle. */
  readonly draining: AbortSignal;
}

export interface Endpoint {
  /** Name of the protocol in metrics and logs, as `openai-realtime`. */
  readonly name: string;
  /** Exact path, as `/v1/realtime`. */
  readonly path: string;
  /** The key that a connection brings, where its clients put it. */
  readonly credentialOf: (headers: IncomingHttpHeaders, query: URLSearchParams) => string | undefined;
  /**
   * Decides instead of the key, for platforms that prove who they are in another way: what the call counts for. Throws what
   * refuses it.
   */
  readonly admit?: (request: {
    readonly path: string;
    /** Path and query as they came, which signatures cover. */
    readonly target: string;
    readonly query: URLSearchParams;
    readonly headers: IncomingHttpHeaders;
  }) => ApiKey;
  /** Subprotocols it answers to, best first; empty for none. */
  readonly subprotocols: readonly string[];
  /**
   * Serves one connection and settles when the call has ended. The signal aborts when the server cannot wait any longer.
   * The server closes the transport afterwards: with 1000, with 1012 while draining, with 1011 when this rejects.
   */
  serve(transport: Transport, request: CallRequest, signal: AbortSignal): Promise<void>;
}
