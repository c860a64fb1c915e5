/**
 * A `Transport` over one WebSocket: holds a fast sender back, drops a peer that is gone or does not read.
 *
 * Incoming messages wait in a bounded queue; when it is full the socket is paused, so TCP slows the client down.
 * Outgoing messages wait in the socket; above the high-water mark `send` waits, and a peer that does not get it below the
 * mark in time, or lets far too much pile up, is closed with 1013. Pings find peers that vanished without a goodbye.
 */
import type { RawData, WebSocket } from 'ws';
import { BoundedQueue } from '../core/bounded-queue.js';
import type { Clock, Timer } from '../core/clock.js';
import { AttuneError, CancelledError } from '../core/errors.js';
import type { WireMessage } from '../protocols/protocol.js';
import type { Transport } from './transport.js';

export interface WebSocketTransportLimits {
  /** Waiting bytes above which `send` waits. */
  readonly sendHighWaterBytes: number;
  /** Waiting bytes at which the peer is given up. */
  readonly maxBufferedBytes: number;
  /** How long what waits may stay above the high-water mark. */
  readonly maxStallMs: number;
  /** Bytes received and not yet read by us, above which the socket is paused. */
  readonly receiveHighWaterBytes: number;
  /** Pause between pings. */
  readonly heartbeatMs: number;
  /** How long the peer may take to answer our goodbye. */
  readonly closeTimeoutMs: number;
}

/** Half a minute of base64 speech at 24 kHz is 1.9 MB: more than that unread is not a slow moment. */
export const defaultTransportLimits: WebSocketTransportLimits = {
  sendHighWaterBytes: 256 * 1024,
  maxBufferedBytes: 8 * 1024 * 1024,
  maxStallMs: 10_000,
  receiveHighWaterBytes: 1024 * 1024,
  heartbeatMs: 20_000,
  closeTimeoutMs: 2_000,
};

/** A peer may miss one pong to a lost packet or a busy phone, not two. */
const maxMissedPongs = 2;

interface WaitingSender {
  resolve(): void;
  reject(error: Error): void;
}

export class WebSocketTransport implements Transport {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  readonly #limits: WebSocketTransportLimits;
  readonly #received: BoundedQueue<WireMessage>;
  readonly #gone: Promise<void>;
  #waitingSenders: WaitingSender[] = [];
  #stall: Timer | undefined;
  #heartbeat: Timer | undefined;
  #missedPongs = 0;
  #paused = false;
  #closing = false;
  #ended = false;
  #failure: AttuneError | undefined;

  constructor(
    socket: WebSocket,
    options: { readonly clock: Clock; readonly limits?: Partial<WebSocketTransportLimits> },
  ) {
    this.#socket = socket;
    this.#clock = options.clock;
    this.#limits = { ...defaultTransportLimits, ...options.limits };
    this.#received = new BoundedQueue<WireMessage>({
      capacity: this.#limits.receiveHighWaterBytes,
      policy: 'wait',
      weigh: byteLengthOf,
    });
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#missedPongs = 0));
    socket.on('error', (error) => this.#note(error));
    this.#gone = new Promise((resolve) => {
      socket.on('close', () => {
        this.#end();
        resolve();
      });
    });
    this.#scheduleHeartbeat();
  }

  get messages(): AsyncIterable<WireMessage> {
    return this.#read();
  }

  async send(message: WireMessage): Promise<void> {
    if (this.#ended || this.#closing) throw new CancelledError('client-left');
    this.#socket.send(message, () => this.#drained());
    const buffered = this.#socket.bufferedAmount;
    if (buffered <= this.#limits.sendHighWaterBytes) return;
    if (buffered > this.#limits.maxBufferedBytes) throw this.#giveUp();
    this.#stall ??= this.#clock.after(this.#limits.maxStallMs, () => void this.#giveUp());
    await new Promise<void>((resolve, reject) => this.#waitingSenders.push({ resolve, reject }));
  }

  async close(code: number, reason: string): Promise<void> {
    if (!this.#ended && !this.#closing) this.#sayGoodbye(code, reason);
    await this.#gone;
  }

  async *#read(): AsyncGenerator<WireMessage> {
    for await (const message of this.#received) {
      if (this.#paused && this.#received.size <= this.#limits.receiveHighWaterBytes / 2) this.#resume();
      yield message;
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#missedPongs = 0;
    if (this.#closing || this.#received.closed) return;
    const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
    this.#received.offer(isBinary ? bytes : bytes.toString('utf8'));
    if (this.#received.size < this.#limits.receiveHighWaterBytes || this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #resume(): void {
    this.#paused = false;
    this.#missedPongs = 0;
    this.#socket.resume();
  }

  /** Called whenever the socket has passed a message on to the network. */
  #drained(): void {
    if (this.#ended || this.#closing || this.#socket.bufferedAmount > this.#limits.sendHighWaterBytes) return;
    this.#stall?.cancel();
    this.#stall = undefined;
    for (const sender of this.#waitingSenders.splice(0)) sender.resolve();
  }

  #giveUp(): AttuneError {
    const waitingBytes = this.#socket.bufferedAmount;
    this.#failure ??= new AttuneError('SLOW_CONSUMER', `${waitingBytes} bytes wait for a client that does not read`);
    if (!this.#ended && !this.#closing) this.#sayGoodbye(1013, 'SLOW_CONSUMER');
    return this.#failure;
  }

  #sayGoodbye(code: number, reason: string): void {
    this.#closing = true;
    this.#releaseSenders();
    // The answer to the goodbye is read only from a socket that flows.
    if (this.#paused) this.#resume();
    this.#socket.close(code, reason);
    const timer = this.#clock.after(this.#limits.closeTimeoutMs, () => this.#socket.terminate());
    this.#socket.once('close', () => timer.cancel());
  }

  #scheduleHeartbeat(): void {
    this.#heartbeat = this.#clock.after(this.#limits.heartbeatMs, () => {
      if (this.#ended) return;
      // While we hold the socket back its pongs wait unread with everything else.
      if (!this.#paused && this.#missedPongs >= maxMissedPongs) return this.#socket.terminate();
      this.#missedPongs += 1;
      if (!this.#closing) this.#socket.ping();
      this.#scheduleHeartbeat();
    });
  }

  #note(error: Error): void {
    if ((error as NodeJS.ErrnoException).code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
      // The library answers with 1009 by itself.
      this.#failure ??= new AttuneError('MESSAGE_TOO_LARGE', 'a message is larger than the limit', { cause: error });
    }
  }

  #end(): void {
    this.#ended = true;
    this.#heartbeat?.cancel();
    this.#stall?.cancel();
    this.#releaseSenders();
    this.#received.close(this.#failure);
  }

  #releaseSenders(): void {
    for (const sender of this.#waitingSenders.splice(0))
      sender.reject(this.#failure ?? new CancelledError('client-left'));
  }
}

function byteLengthOf(message: WireMessage): number {
  return typeof message === 'string' ? message.length : message.byteLength;
}
