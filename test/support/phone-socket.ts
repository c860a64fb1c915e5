/**
 * A platform's end of a connection, a WebSocket or AudioSocket's TCP: keeps everything it is sent, with the instant, and waits
 * for what it looks for.
 */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import WebSocket from 'ws';
import { AudiosocketFrames } from '../../src/protocols/telephony/audiosocket-frames.js';

export interface PhoneLink extends AsyncDisposable {
  readonly received: readonly Received[];
  readonly isOpen: boolean;
  send(message: object | string | Uint8Array): void;
  /** Resolves with the first value that `find` finds; rejects when the connection ends before. */
  until<T>(find: () => T | undefined): Promise<T>;
  /** With the close code, or undefined where there are none. */
  readonly closed: Promise<{ readonly code: number | undefined; readonly reason: string }>;
}

export interface Received {
  readonly message: string | Buffer;
  readonly atMs: number;
}

/** What came in, and who waits for something in it. */
class Inbox {
  readonly received: Received[] = [];
  readonly #watchers = new Set<() => void>();
  #ended = false;

  get ended(): boolean {
    return this.#ended;
  }

  take(message: Received['message']): void {
    this.received.push({ message, atMs: performance.now() });
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      if (this.#ended) throw new Error(`closed after ${this.received.length} messages`);
      await new Promise<void>((resolve) => {
        const watch = (): void => {
          this.#watchers.delete(watch);
          resolve();
        };
        this.#watchers.add(watch);
      });
    }
  }

  #wake(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}

export class PhoneSocket implements PhoneLink {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      this.#inbox.take(isBinary ? data : data.toString('utf8'));
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
        this.#inbox.end();
      });
    });
  }

  /** Rejects with the HTTP status in the message when the upgrade is refused. */
  static async open(
    url: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly subprotocols?: readonly string[] } = {},
  ): Promise<PhoneSocket> {
    const socket = new WebSocket(url, [...(options.subprotocols ?? [])], { headers: { ...options.headers } });
    const phone = new PhoneSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return phone;
  }

  get received(): readonly Received[] {
    return this.#inbox.received;
  }

  get subprotocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: object | string | Uint8Array): void {
    if (!this.isOpen) return;
    this.#socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  /** The text messages as objects. */
  get texts(): readonly Readonly<Record<string, unknown>>[] {
    return this.received
      .filter(({ message }) => typeof message === 'string')
      .map(({ message }) => JSON.parse(message as string) as Readonly<Record<string, unknown>>);
  }

  until<T>(find: () => T | undefined): Promise<T> {
    return this.#inbox.until(find);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOpen) this.#socket.close(1000);
    else this.#socket.terminate();
    await this.closed;
  }
}

/** The same over TCP, a frame of AudioSocket each. */
export class PhoneTcp implements PhoneLink {
  readonly closed: Promise<{ readonly code: number | undefined; readonly reason: string }>;
  readonly #socket: Socket;
  readonly #frames = new AudiosocketFrames();
  readonly #inbox = new Inbox();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      for (const frame of this.#frames.push(data)) this.#inbox.take(Buffer.from(frame));
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        resolve({ code: undefined, reason: '' });
        this.#inbox.end();
      });
    });
  }

  static async open(port: number): Promise<PhoneTcp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new PhoneTcp(socket);
  }

  get received(): readonly Received[] {
    return this.#inbox.received;
  }

  get isOpen(): boolean {
    return !this.#inbox.ended;
  }

  send(message: object | string | Uint8Array): void {
    if (this.isOpen) this.#socket.write(message as Uint8Array);
  }

  until<T>(find: () => T | undefined): Promise<T> {
    return this.#inbox.until(find);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }
}
