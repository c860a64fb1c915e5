/**
 * A home of models on this machine: serves bytes with ranges and entity tags as a static server does, and answers as
 * scripted before that. Remembers what it was asked.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedFor {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class ModelHomeServer implements AsyncDisposable {
  readonly asked: AskedFor[] = [];
  readonly #server: Server;
  readonly #script = new Map<string, Answer[]>();
  readonly #lasting = new Map<string, Answer>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<ModelHomeServer> {
    const server = createServer();
    const home = new ModelHomeServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => home.#answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return home;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Answers every request for a path that no scripted answer is left for. */
  serve(path: string, answer: Answer): void {
    this.#lasting.set(path, answer);
  }

  /** Answers the next requests for a path, one each. */
  script(path: string, ...answers: readonly Answer[]): void {
    this.#script.set(path, [...(this.#script.get(path) ?? []), ...answers]);
  }

  /** Paths with scripted answers that nobody asked for. */
  get unused(): readonly string[] {
    return [...this.#script].filter(([, answers]) => answers.length > 0).map(([path]) => path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const { range, 'if-range': ifRange } = request.headers;
    this.asked.push({ method: request.method ?? '', path, range, ifRange: ifRange as string | undefined });
    const answer = this.#script.get(path)?.shift() ?? this.#lasting.get(path) ?? status(404);
    answer(request, response);
  }
}

/** The content as a static server gives it. */
export function content(bytes: Buffer, { etag = '"one"', ranges = true } = {}): Answer {
  return ({ headers, method }, response) => {
    const start = Number(/^bytes=(\d+)-$/u.exec(headers.range ?? '')?.[1] ?? NaN);
    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
    response.setHeader('etag', etag);
    if (ranges && isSame && start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    const isPart = ranges && isSame && start > 0;
    const sent = isPart ? bytes.subarray(start) : bytes;
    if (isPart) response.setHeader('content-range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
    response.writeHead(isPart ? 206 : 200, { 'content-length': sent.length });
    response.end(method === 'HEAD' ? undefined : sent);
  };
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => response.writeHead(code, headers).end();
}

/** Promises the whole content and sends its beginning; `cut` breaks the line. */
export function beginningOf(bytes: Buffer, sentBytes: number, { etag = '"one"' } = {}) {
  let open: ServerResponse | undefined;
  const answer: Answer = (_request, response) => {
    open = response;
    response.writeHead(200, { 'content-length': bytes.length, etag });
    response.write(bytes.subarray(0, sentBytes));
  };
  return { answer, cut: (): void => void open?.destroy() };
}
