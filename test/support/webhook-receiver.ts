/**
 * A server that is told things: answers the statuses it was given, then 200, and keeps what it got.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly #server: Server;
  readonly #statuses: number[];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(statuses: readonly number[] = []) {
    this.#statuses = [...statuses];
    this.#server = createServer((request, response) => {
      void (async () => {
        const parts: Buffer[] = [];
        for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
        this.received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
        response.writeHead(this.#statuses.shift() ?? 200).end();
        for (const { count, resolve } of this.#waiting) if (this.received.length >= count) resolve();
      })();
    });
  }

  async listen(t: Test): Promise<URL> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    t.teardown(() => this.#server.close());
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`);
  }

  until(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.received.length >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }
}
