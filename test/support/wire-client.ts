/**
 * A bare WebSocket client of `/v1/realtime` that keeps every message, for tests of what is on the wire.
 */
import WebSocket from 'ws';

export type WireEvent = Record<string, unknown> & { type: string; event_id: string };

export class WireClient implements AsyncDisposable {
  readonly events: WireEvent[] = [];
  readonly #socket: WebSocket;
  readonly #closed: Promise<{ code: number; reason: string }>;
  readonly #watchers = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.events.push(JSON.parse(data.toString('utf8')) as WireEvent);
      for (const watch of this.#watchers) watch();
    });
    this.#closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString('utf8') });
        for (const watch of this.#watchers) watch();
      });
    });
    socket.on('error', () => undefined);
  }

  /** Rejects with the HTTP status in the message when the upgrade is refused. */
  static async open(url: string, apiKey: string | null, protocols: readonly string[] = []): Promise<WireClient> {
    const socket = new WebSocket(url, [...protocols], {
      headers: apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` },
    });
    const client = new WireClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return client;
  }

  get closed(): Promise<{ code: number; reason: string }> {
    return this.#closed;
  }

  /** The subprotocol the server chose; empty for none. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  send(message: Readonly<Record<string, unknown>> | string | Buffer): void {
    this.#socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  /** Sends audio in messages of 20 ms, as fast as the socket takes them. */
  sendAudio(bytes: Buffer, bytesPerFrame = 960): void {
    for (let at = 0; at < bytes.length; at += bytesPerFrame) {
      this.send({
        type: 'input_audio_buffer.append',
        audio: bytes.subarray(at, at + bytesPerFrame).toString('base64'),
      });
    }
  }

  ofType(type: string): readonly WireEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  /** The first event, from the beginning or after `from`, that fits; rejects when the connection ends before. */
  async next(fits: (event: WireEvent) => boolean, from = 0): Promise<WireEvent> {
    for (;;) {
      const found = this.events.slice(from).find(fits);
      if (found) return found;
      if (this.#socket.readyState === WebSocket.CLOSED)
        throw new Error(
          `closed; last events: ${this.events
            .slice(-5)
            .map((event) => event.type)
            .join(', ')}`,
        );
      await new Promise<void>((resolve) => {
        const watch = (): void => {
          this.#watchers.delete(watch);
          resolve();
        };
        this.#watchers.add(watch);
      });
    }
  }

  nextOfType(type: string, from = 0): Promise<WireEvent> {
    return this.next((event) => event.type === type, from);
  }

  /** Stops reading, as a client that hangs does. */
  pause(): void {
    this.#socket.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.resume();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    else this.#socket.terminate();
    await this.#closed;
  }
}
