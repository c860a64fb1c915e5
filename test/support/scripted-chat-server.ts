/**
 * A chat completions server on a real socket whose answers are scripted, one script per request, in order.
 *
 * Keeps every request body and header. Closing it fails the test when a script was not used or a request had none.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export type Script = (response: ServerResponse) => void | Promise<void>;

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- read by tests alone
}

export interface ScriptedChatServer {
  readonly baseUrl: string;
  readonly requests: readonly ReceivedRequest[];
  /** Resolves when the next request has been read and its script has run. */
  answered(): Promise<void>;
  /** Resolves when a connection closes before its answer has ended. */
  readonly brokenOff: Promise<void>;
}

export async function scriptedChatServer(t: Test, scripts: readonly Script[]): Promise<ScriptedChatServer> {
  const requests: ReceivedRequest[] = [];
  let wake: () => void = () => undefined;
  let breakOff: () => void = () => undefined;
  const brokenOff = new Promise<void>((resolve) => (breakOff = resolve));
  let answeredCount = 0;
  let awaitedCount = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const script = scripts[requests.length];
    requests.push({
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(parts).toString()),
    });
    response.on('close', () => {
      if (!response.writableFinished) breakOff();
    });
    if (script) await script(response);
    else response.writeHead(418).end();
    answeredCount += 1;
    wake();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => t.fail(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    // Too late for an assertion of the test, not for its failure.
    if (requests.length !== scripts.length)
      throw new Error(`${requests.length} requests for ${scripts.length} scripts`);
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    async answered() {
      awaitedCount += 1;
      while (answeredCount < awaitedCount) await new Promise<void>((resolve) => (wake = resolve));
    },
    brokenOff,
  };
}

/** One server-sent event. */
export function sse(payload: unknown): string {
  return `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`;
}

export function textChunk(content: string): string {
  return sse({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}

export function finishChunk(finishReason = 'stop'): string {
  return sse({ choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
}

/** Streams the pieces, each in a write of its own, and ends. */
export function streams(...pieces: readonly (string | Uint8Array)[]): Script {
  return async (response) => {
    await streamsOpen(...pieces)(response);
    response.end();
  };
}

/** Streams the pieces and leaves the answer open. */
export function streamsOpen(...pieces: readonly (string | Uint8Array)[]): Script {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.flushHeaders();
    for (const piece of pieces) {
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
}

export function refuses(status: number, headers: Readonly<Record<string, string>> = {}, body: unknown = ''): Script {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}
