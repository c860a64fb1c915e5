/**
 * A transport without a socket: what a server's call sees of a connection, and what becomes of it.
 */
import { CancelledError } from '../../src/core/errors.js';
import type { WireMessage } from '../../src/protocols/protocol.js';
import type { Transport } from '../../src/server/transport.js';

export class MemoryTransport implements Transport {
  /** As a WebSocket would have it; null while nobody has closed it. */
  closedWith: { readonly code: number; readonly reason: string } | null = null;
  readonly #onSent: (message: WireMessage) => void;
  readonly #waiting: WireMessage[] = [];
  #hasLeft = false;
  #wake: (() => void) | undefined;

  constructor(onSent: (message: WireMessage) => void) {
    this.#onSent = onSent;
  }

  get messages(): AsyncIterable<WireMessage> {
    return this.#read();
  }

  /** Messages that nobody has read. */
  get unreadCount(): number {
    return this.#waiting.length;
  }

  receive(message: WireMessage): void {
    this.#waiting.push(message);
    this.#wake?.();
  }

  /** The peer is gone. */
  leave(): void {
    this.#hasLeft = true;
    this.#wake?.();
  }

  async send(message: WireMessage): Promise<void> {
    if (this.#hasLeft) throw new CancelledError('client-left');
    this.#onSent(message);
  }

  async close(code: number, reason: string): Promise<void> {
    this.closedWith ??= { code, reason };
    this.leave();
  }

  async *#read(): AsyncGenerator<WireMessage> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message !== undefined) yield message;
      else if (this.#hasLeft) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
