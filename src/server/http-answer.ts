/**
 * Answers of the HTTP side: JSON bodies, and errors in the shape OpenAI's clients read, before and after an upgrade was
 * asked for.
 */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AttuneError } from '../core/errors.js';

/** Only text that is not personal goes into these bodies. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}

export function answerText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(text);
}

/** Done, and there is nothing to say. */
export function answerNothing(response: ServerResponse): void {
  response.writeHead(204);
  response.end();
}

export function answerError(response: ServerResponse, status: number, error: AttuneError): void {
  for (const [name, value] of Object.entries(headersFor(status))) response.setHeader(name, value);
  answerJson(response, status, errorBody(status, error));
}

/** Refuses an upgrade: the client sees an HTTP answer instead of a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: number, error: AttuneError): void {
  const body = `${JSON.stringify(errorBody(status, error))}\n`;
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headersFor(status),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

function headersFor(status: number): Readonly<Record<string, string>> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 503 || status === 429) return { 'retry-after': '1' };
  return {};
}

function errorBody(status: number, error: AttuneError): unknown {
  const { code, message, hint, field } = error;
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { error: { type, code, message: `${message}. ${hint}`, param: field ?? null } };
}
