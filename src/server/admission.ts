/**
 * Whether a connection may become a call, decided before the WebSocket handshake completes: path, key, readiness,
 * number of calls, in that order. Pure but for what it reads of the readiness.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { AttuneError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import type { Readiness } from './health.js';
import type { Tenant, Tenants } from './tenants.js';

/** An HTTP status in place of the upgrade, and why. */
export interface Refusal {
  readonly status: 401 | 404 | 503;
  readonly error: AttuneError;
}

export type Verdict = { readonly endpoint: Endpoint; readonly tenant: Tenant } | Refusal;

export interface AdmissionOptions {
  readonly endpoints: readonly Endpoint[];
  readonly tenants: Tenants;
  readonly maxCalls: number;
  readonly readiness: Readiness;
}

const notFound: Refusal = { status: 404, error: new AttuneError('NOT_FOUND', 'Nothing lives at this path') };
const unauthorized: Refusal = {
  status: 401,
  error: new AttuneError('UNAUTHORIZED', 'The API key is missing or wrong'),
};
const starting: Refusal = { status: 503, error: new AttuneError('SERVER_STARTING', 'The models are still loading') };
const draining: Refusal = { status: 503, error: new AttuneError('SERVER_DRAINING', 'The server is shutting down') };
const tooManyCalls: Refusal = { status: 503, error: new AttuneError('TOO_MANY_CALLS', 'All lines are taken') };

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
    readonly query: URLSearchParams;
    readonly headers: IncomingHttpHeaders;
    readonly callCount: number;
  }): Verdict {
    const endpoint = this.endpointAt(request.path);
    if (!endpoint) return notFound;
    const tenant = this.#options.tenants.ofKey(endpoint.credentialOf(request.headers, request.query));
    if (tenant === undefined) return unauthorized;
    if (this.#options.readiness.state === 'starting') return starting;
    if (this.#options.readiness.state === 'draining') return draining;
    if (request.callCount >= this.#options.maxCalls) return tooManyCalls;
    return { endpoint, tenant };
  }
}
