/**
 * The server's HTTP side as the console asks it, with the key of whoever signed in.
 */
import { createParser } from 'eventsource-parser';

/** An answer that is no success. `code` is the server's, `UNREACHABLE` when there was no answer. */
export class PageFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface About {
  readonly version: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly voice: string;
  readonly locale: string;
  readonly emotion: boolean;
  readonly memory: boolean;
  readonly voices: readonly string[];
  readonly recogniser: string | null;
  readonly responder: string | null;
  readonly speech: string | null;
  readonly models: readonly { readonly name: string; readonly provider: string }[];
}

export interface Health {
  readonly version: string;
  readonly state: 'starting' | 'ready' | 'draining';
  readonly uptimeMs: number;
  readonly calls: number;
}

export class ServerPages {
  constructor(readonly apiKey: string | null) {}

  about(): Promise<About> {
    return this.json('/v1/about');
  }

  health(): Promise<Health> {
    return this.json('/health');
  }

  async text(path: string): Promise<string> {
    return (await this.#ask(path, {})).text();
  }

  /** Throws PageFailure. */
  async blob(path: string): Promise<Blob> {
    return (await this.#ask(path, {})).blob();
  }

  /** Throws PageFailure. */
  async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return (await (await this.#ask(path, init)).json()) as T;
  }

  /**
   * What a stream of Server-Sent Events tells; ends with the stream. Throws PageFailure. EventSource cannot send a key, so
   * the stream is read by hand.
   *
   * @param onOpen called once the stream is there, before anything it tells
   */
  async *changes<T>(
    path: string,
    { signal, onOpen }: { readonly signal: AbortSignal; readonly onOpen: () => Promise<void> },
  ): AsyncGenerator<T> {
    const { body } = await this.#ask(path, { signal });
    await onOpen();
    if (body === null) return;
    let told: T[] = [];
    const parser = createParser({ onEvent: ({ data }) => void told.push(JSON.parse(data) as T) });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
      yield* told;
      told = [];
    }
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.apiKey !== null) headers.set('authorization', `Bearer ${this.apiKey}`);
    let answer: Response;
    try {
      answer = await fetch(path, { ...init, headers, cache: 'no-store' });
    } catch {
      throw new PageFailure('UNREACHABLE', 'The server cannot be reached.', 0);
    }
    if (answer.ok) return answer;
    const body = (await answer.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null;
    throw new PageFailure(
      body?.error?.code ?? 'UNKNOWN',
      body?.error?.message ?? `The server answered ${answer.status}.`,
      answer.status,
    );
  }
}
