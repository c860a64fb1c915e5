/**
 * The TCP port for Asterisk's AudioSocket. It has neither key nor encryption, so it is off unless a port is set, and belongs on
 * an address that only the telephone exchange can reach.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { AudiosocketProtocol } from '../protocols/telephony/audiosocket-protocol.js';
import { AudiosocketTransport } from './audiosocket-transport.js';
import type { Endpoint } from './endpoint.js';
import type { HttpServer } from './http-server.js';
import { ownKey } from './own-key.js';
import { phoneEndpoint, type PhoneOptions } from './phone-endpoint.js';
import type { Tenants } from './tenants.js';

export interface AudiosocketListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly phones: PhoneOptions;
  readonly tenants: () => Tenants;
  /** Serves the calls, among those of the other port. */
  readonly calls: Pick<HttpServer, 'take'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class AudiosocketListener implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Throws PORT_IN_USE, or OPTION_INVALID for an address that is not ours. */
  static async listen(options: AudiosocketListenerOptions): Promise<AudiosocketListener> {
    const { host, port, phones, tenants, calls, clock, logger } = options;
    const endpoint: Endpoint = phoneEndpoint(phones, {
      name: 'audiosocket',
      path: 'audiosocket',
      subprotocols: [],
      openProtocol: () => new AudiosocketProtocol(),
    });
    const server = createServer((socket) => {
      const transport = new AudiosocketTransport(socket, { clock });
      try {
        const key = ownKey(tenants());
        if (key === undefined) throw new AttuneError('UNAUTHORIZED', 'nobody has a key of the server itself');
        calls.take(endpoint, transport, {
          id: `conn_${randomUUID().replaceAll('-', '')}`,
          path: endpoint.path,
          tenant: key.tenant,
          broughtSession: null,
          query: new URLSearchParams(),
          headers: {},
          subprotocols: [],
          remoteAddress: socket.remoteAddress ?? '',
        });
      } catch (error) {
        logger.warn('a call of AudioSocket was refused', { code: toAttuneError(error, 'INTERNAL').code });
        socket.destroy();
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const isTaken = error.code === 'EADDRINUSE';
        reject(
          new AttuneError(
            isTaken ? 'PORT_IN_USE' : 'OPTION_INVALID',
            `cannot listen on ${host}:${port}: ${error.message}`,
            {
              field: isTaken ? 'audiosocketPort' : 'audiosocketHost',
              cause: error,
            },
          ),
        );
      });
      server.listen(port, host, resolve);
    });
    server.on('error', (error) => logger.error('AudioSocket failed', { reason: error.message }));
    if (ownKey(tenants()) === undefined)
      logger.warn('AudioSocket takes no calls: nobody has a key of the server itself');
    return new AudiosocketListener(server);
  }

  /** Stops listening; the calls in progress are the other port's to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
  }
}
