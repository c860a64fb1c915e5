/**
 * The WebSocket of a call, kept up: a connection that is lost is opened again, later each time, and every step is
 * told. A server that says "no" (wrong key, bad request, the call is over) is not asked again.
 *
 * It keeps no messages: what is sent while there is no session is lost, and a new session begins empty.
 */
import type { Clock, Timer } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { ServerMessage } from './server-event.js';
import type { ClientMessage } from './wire.js';

export type ConnectionState =
  | { readonly state: 'connecting'; readonly attempt: number }
  | { readonly state: 'open' }
  /** Lost; the next attempt comes after `retryInMs`. */
  | { readonly state: 'waiting'; readonly attempt: number; readonly retryInMs: number; readonly closeCode: number }
  /** For good; `error` is null when this side hung up or the server ended the call in order. */
  | { readonly state: 'closed'; readonly error: AttuneError | null };

/** The part of a WebSocket that is used. */
export type Socket = Pick<WebSocket, 'bufferedAmount' | 'onopen' | 'onmessage' | 'onclose' | 'send' | 'close'>;

export interface CallConnectionOptions {
  readonly openSocket: () => Socket;
  /** Type of the message with which a session is there. */
  readonly greeting: string;
  readonly clock: Clock;
  /** 0…1, evenly spread: keeps the clients of a restarted server from coming back all at once. */
  readonly random: () => number;
  /** Why the server refused a connection that never opened; null when it may be tried again. */
  readonly refusal: () => Promise<AttuneError | null>;
  readonly onState: (state: ConnectionState) => void;
  readonly onMessage: (message: ServerMessage) => void;
}

const firstDelayMs = 250;
const longestDelayMs = 10_000;
/** From the attempt to the session. */
const openTimeoutMs = 10_000;
/** Codes after which the same attempt may succeed: away, none given, abnormal, failure, restart, overload. */
const passingCloseCodes: ReadonlySet<number> = new Set([1001, 1005, 1006, 1011, 1012, 1013]);
/** Five seconds of sound that the network did not take: the connection is dead, though nobody has said so. */
const stalledBytes = 5 * 64_000;

export class CallConnection {
  readonly #options: CallConnectionOptions;
  #socket: Socket | null = null;
  #state: ConnectionState = { state: 'closed', error: null };
  #attempt = 0;
  #retry: Timer | null = null;
  #timeout: Timer | null = null;

  constructor(options: CallConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Without effect while there is a connection or one is being made. */
  open(): void {
    if (this.#state.state !== 'closed') return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Tries now instead of when the delay is over. */
  retryNow(): void {
    if (this.#state.state !== 'waiting') return;
    this.#retry?.cancel();
    this.#connect();
  }

  /** False when there is no session to send to. */
  send(message: ClientMessage): boolean {
    if (this.#state.state !== 'open' || this.#socket === null) return false;
    if (this.#socket.bufferedAmount > stalledBytes) {
      this.#abandon();
      this.#lost(1006);
      return false;
    }
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.#retry?.cancel();
    this.#abandon();
    if (this.#state.state !== 'closed') this.#become({ state: 'closed', error: null });
  }

  #connect(): void {
    this.#become({ state: 'connecting', attempt: this.#attempt });
    const socket = this.#options.openSocket();
    this.#socket = socket;
    let opened = false;
    this.#timeout = this.#options.clock.after(openTimeoutMs, () => {
      this.#abandon();
      this.#lost(1006);
    });
    socket.onopen = () => void (opened = true);
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => {
      this.#socket = null;
      this.#timeout?.cancel();
      if (!opened) void this.#refused(code);
      else if (passingCloseCodes.has(code)) this.#lost(code);
      else this.#end(code === 1000 ? null : closedBy(code, reason));
    };
  }

  #receive(data: unknown): void {
    const message = messageOf(data);
    if (message === null) return;
    if (message.type === this.#options.greeting) {
      this.#attempt = 0;
      this.#timeout?.cancel();
      this.#become({ state: 'open' });
    }
    this.#options.onMessage(message);
  }

  /** Browsers do not say why a connection did not open; the server is asked in another way. */
  async #refused(code: number): Promise<void> {
    const error = await this.#options.refusal();
    if (this.#state.state !== 'connecting') return;
    if (error === null) this.#lost(code);
    else this.#end(error);
  }

  #lost(closeCode: number): void {
    this.#attempt += 1;
    const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** (this.#attempt - 1));
    const retryInMs = Math.round(longest * (0.5 + this.#options.random() / 2));
    this.#retry = this.#options.clock.after(retryInMs, () => this.#connect());
    this.#become({ state: 'waiting', attempt: this.#attempt, retryInMs, closeCode });
  }

  #end(error: AttuneError | null): void {
    this.#become({ state: 'closed', error });
  }

  /** Closes the socket without hearing from it again. */
  #abandon(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#timeout?.cancel();
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function closedBy(code: number, reason: string): AttuneError {
  return new AttuneError('CONNECTION_FAILED', `the server closed the call with ${code} ${reason}`.trim());
}

/** Null for what is no message of the protocol; such a one is passed over, as the protocol's clients do. */
function messageOf(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message = JSON.parse(data) as Partial<ServerMessage> | null;
    return typeof message?.type === 'string' ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}
