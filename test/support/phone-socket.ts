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

export class PhoneSocket implements PhoneLink {
  readonly received: Received[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #watchers = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer, isBinary) => {
      this.received.push({ message: isBinary ? data : data.toString('utf8'), atMs: performance.now() });
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
        this.#wake();
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

  /** Resolves with the first value that `find` finds; rejects when the connection ends before. */
  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      if (this.#socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed after ${this.received.length} messages`);
      await new Promise<void>((resolve) => {
        const watch = (): void => {
          this.#watchers.delete(watch);
          resolve();
        };
        this.#watchers.add(watch);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOpen) this.#socket.close(1000);
    else this.#socket.terminate();
    await this.closed;
  }

  #wake(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}

/** The same over TCP, a frame of AudioSocket each. */
export class PhoneTcp implements PhoneLink {
  readonly received: Received[] = [];
  readonly closed: Promise<{ readonly code: number | undefined; readonly reason: string }>;
  readonly #socket: Socket;
  readonly #frames = new AudiosocketFrames();
  readonly #watchers = new Set<() => void>();
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data) => {
      for (const frame of this.#frames.push(data))
        this.received.push({ message: Buffer.from(frame), atMs: performance.now() });
      this.#wake();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#ended = true;
        resolve({ code: undefined, reason: '' });
        this.#wake();
      });
    });
  }

  static async open(port: number): Promise<PhoneTcp> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new PhoneTcp(socket);
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  send(message: object | string | Uint8Array): void {
    if (!this.#ended) this.#socket.write(message as Uint8Array);
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      if (this.#ended) throw new Error(`closed after ${this.received.length} frames`);
      await new Promise<void>((resolve) => {
        const watch = (): void => {
          this.#watchers.delete(watch);
          resolve();
        };
        this.#watchers.add(watch);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  #wake(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}
