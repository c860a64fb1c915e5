/**
 * A transcription server on a real socket whose answers are scripted, one script per request in order, or always one.
 *
 * Keeps the fields and the audio of every request. Closing it fails the test when a script was not used or a request had
 * none.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export type TranscriptionScript = (response: ServerResponse) => void | Promise<void>;

export interface ReceivedTranscription {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Text fields, in order. */
  readonly fields: readonly (readonly [string, string])[];
  readonly file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array };
}

export interface TranscriptionServer {
  readonly baseUrl: string;
  readonly requests: readonly ReceivedTranscription[];
  /** Resolves when a connection closes before its answer has ended. */
  readonly brokenOff: Promise<void>;
  /** Resolves when so many requests have come in all. */
  received(count: number): Promise<void>;
}

export async function transcriptionServer(
  t: Test,
  mode: 'in order' | 'always',
  ...scripts: readonly TranscriptionScript[]
): Promise<TranscriptionServer> {
  const requests: ReceivedTranscription[] = [];
  let breakOff: () => void = () => undefined;
  let wake: () => void = () => undefined;
  const brokenOff = new Promise<void>((resolve) => (breakOff = resolve));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const script = scripts[mode === 'always' ? 0 : requests.length];
    requests.push(await readForm(request, Buffer.concat(parts)));
    wake();
    response.on('close', () => {
      if (!response.writableFinished) breakOff();
    });
    if (script) await script(response);
    else response.writeHead(418).end();
  };
  const server = createServer((request, response) => {
    // A caller that leaves in the middle of its upload is not the test's failure.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (mode === 'in order' && requests.length !== scripts.length)
      throw new Error(`${requests.length} requests for ${scripts.length} scripts`);
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    brokenOff,
    async received(count) {
      while (requests.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

async function readForm(request: IncomingMessage, body: Buffer): Promise<ReceivedTranscription> {
  const form = await new Response(body as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  }).formData();
  const fields = [...form.entries()].flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  const file = form.get('file');
  if (!(file instanceof File)) throw new Error('no file in the form');
  return {
    path: request.url ?? '',
    headers: request.headers,
    fields,
    file: { name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) },
  };
}
