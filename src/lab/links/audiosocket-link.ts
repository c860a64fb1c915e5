/**
 * A caller's TCP connection of AudioSocket: a message is a whole frame. The last frame says whether the server meant to end the
 * call; the connection itself says nothing.
 */
import { connect, type Socket } from 'node:net';
import type { WireMessage } from '../../protocols/protocol.js';
import type { CallerLink, CallerLinkEvents } from './caller-link.js';

/** A byte of kind and two of length, big-endian (Asterisk's res_audiosocket). */
const headBytes = 3;
const hangUpKind = 0x00;

export class AudiosocketLink implements CallerLink {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #isOpen = false;

  /** @param url as `tcp://127.0.0.1:9092` */
  constructor(url: string, events: CallerLinkEvents) {
    const { hostname, port } = new URL(url);
    let rest = Buffer.alloc(0);
    let hasHungUp = false;
    this.#socket = connect({ host: hostname.replace(/^\[|\]$/gu, ''), port: Number(port), noDelay: true });
    this.#socket.on('connect', () => {
      this.#isOpen = true;
      events.onOpen();
    });
    this.#socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= headBytes && rest.length >= headBytes + rest.readUInt16BE(1)) {
        const frameBytes = headBytes + rest.readUInt16BE(1);
        hasHungUp ||= rest[0] === hangUpKind;
        events.onMessage(rest.subarray(0, frameBytes));
        rest = rest.subarray(frameBytes);
      }
    });
    this.#socket.on('error', events.onError);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.#isOpen = false;
        events.onClose({
          isOrderly: hasHungUp,
          reason: hasHungUp ? 'a frame that hangs up' : 'nothing but the end of the connection',
        });
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#socket.writableEnded;
  }

  send(message: WireMessage): void {
    if (this.isOpen) this.#socket.write(message);
  }

  close(): void {
    this.#socket.end();
  }

  terminate(): void {
    this.#socket.destroy();
  }
}
