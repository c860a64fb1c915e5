/**
 * One port for HTTP and WebSocket: the pages, and the upgrade of connections to calls.
 *
 * It owns the listening socket. Who may become a call is Admission's decision, made before the handshake completes; what
 * runs is the CallRegistry's.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';
import type { ErrorCode } from '../core/error-catalogue.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Load } from '../core/load-level.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { Access, Grant } from './access.js';
import { Admission } from './admission.js';
import { publicSubprotocols } from './auth.js';
import { CallRegistry } from './call-registry.js';
import type { CallRequest, Endpoint } from './endpoint.js';
import type { Readiness } from './health.js';
import { refuseUpgrade } from './http-answer.js';
import { statusOf } from './http-page.js';
import { HttpPages, type HttpPagesOptions } from './http-pages.js';
import { packageVersion } from './package-root.js';
import type { TlsMaterial } from './tls-files.js';
import type { Transport } from './transport.js';
import { WebSocketTransport, type WebSocketTransportLimits } from './websocket-transport.js';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly access: Access;
  /** Null or absent: not encrypted. */
  readonly tls?: TlsMaterial | null;
  readonly maxCalls: number;
  readonly maxMessageBytes: number;
  readonly transport?: Partial<WebSocketTransportLimits>;
  readonly endpoints: readonly Endpoint[];
  readonly readiness: Readiness;
  readonly load: Load;
  /** Told of every connection whose key, or page, may not call. */
  readonly onKeyRefused: (path: string, code: ErrorCode) => void;
  readonly exposition: HttpPagesOptions['exposition'];
  readonly parts: HttpPagesOptions['parts'];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Wrong, not good for it, used up. */
const refusedForKey: ReadonlySet<number> = new Set([401, 403, 429]);

export class HttpServer implements AsyncDisposable {
  readonly #options: HttpServerOptions;
  readonly #server: Server | TlsServer;
  readonly #tlsServer: TlsServer | null;
  readonly #sockets: WebSocketServer;
  readonly #admission: Admission;
  readonly #calls: CallRegistry;

  constructor(options: HttpServerOptions) {
    const { readiness, exposition, parts, clock } = options;
    this.#options = options;
    this.#admission = new Admission(options);
    this.#calls = new CallRegistry(options);
    const startedMs = clock.nowMs();
    const pages = new HttpPages({
      readiness,
      exposition,
      parts,
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
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      const { pathname: path, searchParams: query } = urlOf(request);
      pages.answer({ path, query, message: request }, response).catch((error: unknown) => {
        this.#logFailure(error);
        response.destroy();
      });
    };
    this.#tlsServer = options.tls ? createTlsServer({ ...options.tls, minVersion: 'TLSv1.2' }, answer) : null;
    this.#server = this.#tlsServer ?? createServer(answer);
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
    this.#server.on('tlsClientError', () => undefined);
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

  /** Connections from now on are encrypted with these; without effect on a server that is not encrypted. */
  renew(tls: TlsMaterial): void {
    this.#tlsServer?.setSecureContext(tls);
  }

  /** Serves a call that came in by another door than this port. Throws why there is no room for it. */
  take(endpoint: Endpoint, transport: Transport, request: Omit<CallRequest, 'draining'>): void {
    try {
      this.#admission.assertRoom(this.callCount);
    } catch (error) {
      this.#options.metrics.count('calls_refused_total', { code: toAttuneError(error, 'INTERNAL').code });
      throw error;
    }
    this.#calls.begin(endpoint, transport, request);
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
      target: request.url ?? '/',
      query: searchParams,
      headers: request.headers,
      callCount: this.callCount,
    });
    if ('error' in verdict) {
      this.#refuse(socket, pathname, verdict.error);
      return;
    }
    try {
      socket.once('close', this.#options.access.beginCall(verdict.grant.key));
    } catch (error) {
      this.#refuse(socket, pathname, toAttuneError(error, 'INTERNAL'));
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', onError);
      this.#begin(verdict, webSocket, request);
    });
  }

  #refuse(socket: Duplex, path: string, error: AttuneError): void {
    const status = statusOf(error);
    this.#options.metrics.count('calls_refused_total', { code: error.code });
    if (refusedForKey.has(status)) this.#options.onKeyRefused(path, error.code);
    refuseUpgrade(socket, status, error);
  }

  #begin(
    { endpoint, grant }: { readonly endpoint: Endpoint; readonly grant: Grant },
    webSocket: WebSocket,
    request: IncomingMessage,
  ): void {
    const { clock, transport: limits = {} } = this.#options;
    const url = urlOf(request);
    this.#calls.begin(endpoint, new WebSocketTransport(webSocket, { clock, limits }), {
      id: `conn_${randomUUID().replaceAll('-', '')}`,
      path: url.pathname,
      tenant: grant.key.tenant,
      broughtSession: grant.session,
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
