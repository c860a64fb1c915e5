/**
 * A caller's WebSocket. All of the laboratory's formats on it are text.
 */
import WebSocket from 'ws';
import type { WireMessage } from '../../protocols/protocol.js';
import type { CallerLink, CallerLinkEvents } from './caller-link.js';

const mostBodyChars = 10_000;
/** RFC 6455. */
const normalClose = 1_000;

export class WebSocketLink implements CallerLink {
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;

  constructor(url: string, headers: Readonly<Record<string, string>>, events: CallerLinkEvents) {
    this.#socket = new WebSocket(url, { headers, perMessageDeflate: false });
    this.#socket.on('open', events.onOpen);
    this.#socket.on('message', (data: Buffer) => events.onMessage(data.toString('utf8')));
    this.#socket.on('error', events.onError);
    this.#socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body = (body + text).slice(0, mostBodyChars)));
      response.on('end', () => {
        events.onError(new Error(`refused with ${response.statusCode} ${codeIn(body)}`.trim()));
        this.#socket.terminate();
      });
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', (code, reason) => {
        events.onClose({ isOrderly: code === normalClose, reason: `${code} ${reason.toString('utf8')}` });
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(message: WireMessage): void {
    if (this.isOpen) this.#socket.send(message);
  }

  close(): void {
    this.#socket.close(normalClose);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** The code of a refusal where its body is JSON with an error in it; empty otherwise. */
function codeIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { readonly error?: { readonly code?: unknown } };
    return typeof error?.code === 'string' ? error.code : '';
  } catch {
    return '';
  }
}
