/**
 * One port for HTTP and WebSocket: the pages, and the upgrade of connections to calls.
 *
 * It owns the listening socket. Who may become a call is Admission's decision, made before the handshake completes; what
 * runs is the CallRegistry's.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Admission } from './admission.js';
import { publicSubprotocols } from './auth.js';
import { CallRegistry } from './call-registry.js';
import type { Endpoint } from './endpoint.js';
import type { Readiness } from './health.js';
import { refuseUpgrade } from './http-answer.js';
import { HttpPages, type HttpPagesOptions } from './http-pages.js';
import { packageVersion } from './package-root.js';
import type { Tenant, Tenants } from './tenants.js';
import { WebSocketTransport, type WebSocketTransportLimits } from './websocket-transport.js';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tenants: Tenants;
  readonly maxCalls: number;
  readonly maxMessageBytes: number;
  readonly transport?: Partial<WebSocketTransportLimits>;
  readonly endpoints: readonly Endpoint[];
  readonly readiness: Readiness;
  /** Told of every connection with a wrong or missing key. */
  readonly onKeyRefused: (path: string) => void;
  readonly exposition: HttpPagesOptions['exposition'];
  readonly memory: HttpPagesOptions['memory'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class HttpServer implements AsyncDisposable {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #admission: Admission;
  readonly #calls: CallRegistry;

  constructor(options: HttpServerOptions) {
    const { readiness, exposition, memory, clock } = options;
    this.#options = options;
    this.#admission = new Admission(options);
    this.#calls = new CallRegistry(options);
    const startedMs = clock.nowMs();
    const pages = new HttpPages({
      readiness,
      exposition,
      memory,
      health: () => ({
        status: 'ok',
        version: packageVersion,
        state: readiness.state,
        uptimeMs: Math.round(clock.nowMs() - startedMs),
        calls: this.callCount,
      }),
      isEndpoint: (path) => this.#admission.endpointAt(path) !== undefined,
    });
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
      clientTracking: false,
      handleProtocols: (offered, request) => this.#chooseSubprotocol(offered, request),
    });
    this.#server = createServer((request, response) => {
      pages.answer(urlOf(request).pathname, request, response).catch((error: unknown) => {
        this.#logFailure(error);
        response.destroy();
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  get callCount(): number {
    return this.#calls.count;
  }

  /** Listens and resolves with the port. Throws PORT_IN_USE, or OPTION_INVALID for an address that is not ours. */
  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => reject(listenFailure(error, { host, port }));
      this.#server.once('error', refuse);
      this.#server.listen(port, host, () => {
        this.#server.off('error', refuse);
        this.#server.on('error', (error) => this.#logFailure(error));
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more calls, lets the running ones finish for `timeoutMs`, ends what is left, stops listening. */
  async drain(options: { readonly timeoutMs: number }): Promise<void> {
    this.#options.readiness.drain();
    await this.#calls.drain(options);
    await this[Symbol.asyncDispose]();
  }

  /** Ends the waiting of `drain`, the running one or the next. */
  hurry(): void {
    this.#calls.hurry();
  }

  /** Ends every call and stops listening, without waiting for anything but their end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.readiness.drain();
    await this.#calls[Symbol.asyncDispose]();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A peer that breaks off during the handshake must not become an unhandled error.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    const { pathname, searchParams } = urlOf(request);
    const verdict = this.#admission.judge({
      path: pathname,
      query: searchParams,
      headers: request.headers,
      callCount: this.callCount,
    });
    if ('error' in verdict) {
      this.#options.metrics.count('calls_refused_total', { code: verdict.error.code });
      if (verdict.status === 401) this.#options.onKeyRefused(pathname);
      refuseUpgrade(socket, verdict.status, verdict.error);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', onError);
      this.#begin(verdict, webSocket, request);
    });
  }

  #begin(
    { endpoint, tenant }: { readonly endpoint: Endpoint; readonly tenant: Tenant },
    webSocket: WebSocket,
    request: IncomingMessage,
  ): void {
    const { clock, transport: limits = {} } = this.#options;
    const url = urlOf(request);
    this.#calls.begin(endpoint, new WebSocketTransport(webSocket, { clock, limits }), {
      id: `conn_${randomUUID().replaceAll('-', '')}`,
      path: url.pathname,
      tenant,
      query: url.searchParams,
      headers: request.headers,
      subprotocols: publicSubprotocols(request.headers),
      remoteAddress: request.socket.remoteAddress ?? '',
    });
  }

  /** The first of the endpoint's subprotocols that the client offered; never the one that bears a key. */
  #chooseSubprotocol(offered: ReadonlySet<string>, request: IncomingMessage): string | false {
    return this.#admission.endpointAt(urlOf(request).pathname)?.subprotocols.find((name) => offered.has(name)) ?? false;
  }

  #logFailure(error: unknown): void {
    const { code, message } = toAttuneError(error, 'INTERNAL');
    this.#options.logger.error('the HTTP side failed', { code, reason: message });
  }
}

/** Only path and query count; a target that cannot be parsed leads nowhere. */
function urlOf(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  return new URL(URL.canParse(target, 'http://localhost') ? target : '/invalid', 'http://localhost');
}

function listenFailure(
  error: NodeJS.ErrnoException,
  at: { readonly host: string; readonly port: number },
): AttuneError {
  const place = `${at.host}:${at.port}`;
  const cause = error;
  if (error.code === 'EADDRINUSE') return new AttuneError('PORT_IN_USE', `${place} is taken`, { field: 'port', cause });
  const field = error.code === 'EACCES' ? 'port' : 'host';
  return new AttuneError('OPTION_INVALID', `cannot listen on ${place}: ${error.message}`, { field, cause });
}
