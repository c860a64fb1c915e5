/**
 * A WebSocket client that does only what it is told, over a bare TCP socket: it can stop reading, send broken frames and
 * show the HTTP answer to a refused upgrade.
 */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface UpgradeOptions {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends an upgrade request and resolves with the head (and, for a refusal, the body) of the answer. */
export async function requestUpgrade(
  options: UpgradeOptions,
): Promise<{ readonly answer: string; readonly socket: Socket }> {
  const socket = connect(options.port, '127.0.0.1');
  await once(socket, 'connect');
  const headers = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...options.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${options.path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.on('error', () => undefined);
  return { answer: data.toString('utf8'), socket };
}
