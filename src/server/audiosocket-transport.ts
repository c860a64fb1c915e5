/**
 * A `Transport` over one TCP connection of AudioSocket: a message is a whole frame. TCP itself holds a fast sender back.
 *
 * A peer that sends nothing for a while is gone: Asterisk sends sound all the time.
 */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../core/clock.js';
import { AttuneError, CancelledError } from '../core/errors.js';
import type { WireMessage } from '../protocols/protocol.js';
import { AudiosocketFrames } from '../protocols/telephony/audiosocket-frames.js';
import type { Transport } from './transport.js';

/** Sound is paced, so a second of it (16 KB at 8 kHz) is a peer that does not read; ten times that at any rate. */
const mostBufferedBytes = 4 * 1024 * 1024;
const closeTimeoutMs = 2_000;
const silenceCheckMs = 15_000;

export class AudiosocketTransport implements Transport {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #gone: Promise<void>;
  #ended = false;
  #hasHeard = true;
  #silence: Timer | undefined;

  constructor(socket: Socket, options: { readonly clock: Clock }) {
    this.#socket = socket;
    this.#clock = options.clock;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    this.#gone = new Promise((resolve) => {
      socket.on('close', () => {
        this.#ended = true;
        this.#silence?.cancel();
        resolve();
      });
    });
    this.#watchForSilence();
  }

  get messages(): AsyncIterable<WireMessage> {
    return this.#read();
  }

  async send(message: WireMessage): Promise<void> {
    if (this.#ended || this.#socket.writableEnded) throw new CancelledError('client-left');
    this.#socket.write(message);
    if (this.#socket.writableLength <= mostBufferedBytes) return;
    this.#socket.destroy();
    throw new AttuneError('SLOW_CONSUMER', 'the client does not read what it is sent');
  }

  /** The codes of WebSocket mean nothing here. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#socket.end();
      const timer = this.#clock.after(closeTimeoutMs, () => this.#socket.destroy());
      this.#socket.resume();
      await this.#gone;
      timer.cancel();
    }
  }

  async *#read(): AsyncGenerator<WireMessage> {
    const frames = new AudiosocketFrames();
    try {
      for await (const bytes of this.#socket as AsyncIterable<Buffer>) {
        this.#hasHeard = true;
        yield* frames.push(bytes);
      }
    } catch {
      // The connection broke: that is the end of it.
    }
  }

  #watchForSilence(): void {
    this.#silence = this.#clock.after(silenceCheckMs, () => {
      if (!this.#hasHeard) return void this.#socket.destroy();
      this.#hasHeard = false;
      this.#watchForSilence();
    });
  }
}
