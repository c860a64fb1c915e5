/**
 * Whether a connection may become a call, decided before the WebSocket handshake completes: path, key, readiness,
 * number of calls, in that order. Pure but for what it reads of the readiness.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Load } from '../core/load-level.js';
import type { Access, Grant } from './access.js';
import type { Endpoint } from './endpoint.js';
import type { Readiness } from './health.js';
import { nothingHere } from './http-page.js';

/** Why there is no upgrade; `statusOf` says with which status. */
export interface Refusal {
  readonly error: AttuneError;
}

export type Verdict = { readonly endpoint: Endpoint; readonly grant: Grant } | Refusal;

export interface AdmissionOptions {
  readonly endpoints: readonly Endpoint[];
  readonly access: Access;
  readonly maxCalls: number;
  readonly readiness: Readiness;
  readonly load: Load;
}

export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  endpointAt(path: string): Endpoint | undefined {
    return this.#options.endpoints.find((endpoint) => endpoint.path === path);
  }

  judge(request: {
    readonly path: string;
    readonly target: string;
    readonly query: URLSearchParams;
    readonly headers: IncomingHttpHeaders;
    readonly callCount: number;
  }): Verdict {
    const endpoint = this.endpointAt(request.path);
    if (!endpoint) return { error: nothingHere() };
    try {
      const { query, headers } = request;
      const grant = endpoint.admit
        ? { key: endpoint.admit(request), isSecret: false, session: null }
        : this.#options.access.grantFor(endpoint.credentialOf(headers, query), headers, 'talk');
      this.assertRoom(request.callCount);
      return { endpoint, grant };
    } catch (error) {
      return { error: toAttuneError(error, 'INTERNAL') };
    }
  }

  /** Throws why one call more cannot be taken now. */
  assertRoom(callCount: number): void {
    const { readiness, load, maxCalls } = this.#options;
    if (readiness.state === 'starting') throw new AttuneError('SERVER_STARTING', 'The models are still loading');
    if (readiness.state === 'draining') throw new AttuneError('SERVER_DRAINING', 'The server is shutting down');
    if (load.level === 4) throw new AttuneError('SERVER_BUSY', 'The machine does not keep up with the calls it has');
    if (callCount >= maxCalls) throw new AttuneError('TOO_MANY_CALLS', 'All lines are taken');
  }
}
