/**
 * A chat completions server on a real socket that thinks for a stated time before its first token, as a language model does.
 *
 * The time stands in the instructions (`first token after 200 ms`), so that one server serves callers of several.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';

const answer = 'Of course, let me look into that for you. It will only take a moment.';
/** Tokens of a small model on one accelerator. */
const tokenEveryMs = 15;

export class ChatStub implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ChatStub> {
    const server = createServer((request, response) => void respond(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChatStub(server);
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Instructions of a caller whose answers begin after `ms`. */
export function firstTokenAfter(ms: number): string {
  return `Answer briefly; first token after ${ms} ms.`;
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const parts: Buffer[] = [];
  try {
    for await (const part of request) parts.push(part as Buffer);
    const delayMs = Number(/first token after (\d+) ms/u.exec(Buffer.concat(parts).toString())?.[1] ?? 0);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await pass(delayMs, undefined, { signal: gone.signal });
    for (const content of answer.match(/\s*\S+/gu) ?? []) {
      response.write(chunk({ content }, null));
      await pass(tokenEveryMs, undefined, { signal: gone.signal });
    }
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  } catch {
    // Whoever asked has left.
    response.destroy();
  }
}

function chunk(delta: Readonly<Record<string, string>>, finishReason: string | null): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}
