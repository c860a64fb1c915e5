/**
 * One HTTP exchange with a chat completions server: sends the body, yields the `data:` payloads as they arrive.
 *
 * Owns connection errors, statuses, the size limit and the decoding of bytes into server-sent events. It does not retry,
 * knows no time-outs (whoever aborts the signal has them) and does not look into the payloads. Leaving the iteration
 * early, or aborting, closes the connection.
 */
import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import type { Clock } from '../../core/clock.js';
import { networkCodeOf, retryAfterMsOf } from '../peer-http.js';
import { ResponderFault } from './responder-fault.js';

export interface ChatExchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Bytes of the answer's body, framing included, beyond which it is refused. */
  readonly maxResponseBytes: number;
  readonly signal: AbortSignal;
  /** Reads `Retry-After` dates. */
  readonly clock: Clock;
}

type ResponseBody = NonNullable<Response['body']>;

/** Bytes read of an error answer: enough for its kind. */
const maxErrorBytes = 16_384;

const errorBodySchema = z.object({
  error: z.object({ code: z.union([z.string(), z.number()]).nullish(), type: z.string().nullish() }),
});

/** Yields payloads in batches as the network delivers them, `[DONE]` included. Throws a `ResponderFault`. */
export async function* exchange(request: ChatExchange): AsyncGenerator<readonly string[]> {
  const response = await connect(request);
  const body = response.body;
  if (!response.ok || body === null) throw await faultOfResponse(response, request.clock);
  const contentType = response.headers.get('content-type') ?? '';
  if (!contentType.startsWith('text/event-stream')) {
    await body.cancel();
    throw new ResponderFault('the language model server did not stream its answer', {
      retryable: false,
      hint: 'Check that the base URL is that of an OpenAI-compatible API.',
    });
  }
  yield* payloadsOf(body, request.maxResponseBytes);
}

async function connect(request: ChatExchange): Promise<Response> {
  const { url, headers, body, signal } = request;
  try {
    return await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
  } catch (error) {
    throw new ResponderFault('the language model server could not be reached', { kind: networkCodeOf(error) });
  }
}

async function* payloadsOf(body: ResponseBody, maxResponseBytes: number): AsyncGenerator<readonly string[]> {
  let payloads: string[] = [];
  const parser = createParser({ onEvent: (event) => payloads.push(event.data) });
  const decoder = new TextDecoder();
  let byteCount = 0;
  for await (const bytes of bytesOf(body)) {
    byteCount += bytes.byteLength;
    if (byteCount > maxResponseBytes) {
      throw new ResponderFault(`the answer is longer than ${maxResponseBytes} bytes`, { retryable: false });
    }
    parser.feed(decoder.decode(bytes, { stream: true }));
    if (payloads.length > 0) yield payloads;
    payloads = [];
  }
  // Some servers leave out the blank line after the last event.
  parser.feed(`${decoder.decode()}\n\n`);
  if (payloads.length > 0) yield payloads;
}

async function* bytesOf(body: ResponseBody): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new ResponderFault('the connection to the language model server broke', { kind: networkCodeOf(error) });
  }
}

async function faultOfResponse(response: Response, clock: Clock): Promise<ResponderFault> {
  return new ResponderFault('the language model server refused the request', {
    status: response.status,
    kind: await errorKindOf(response),
    retryAfterMs: retryAfterMsOf(response.headers.get('retry-after'), clock),
  });
}

/** The machine-readable kind in an error body, if it is short JSON; whatever else the body says stays unread. */
async function errorKindOf(response: Response): Promise<string | undefined> {
  const reader = response.body?.getReader();
  if (!reader) return undefined;
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (let chunk = await reader.read(); !chunk.done && text.length < maxErrorBytes; chunk = await reader.read()) {
      text += decoder.decode(chunk.value, { stream: true });
    }
    const { code, type } = errorBodySchema.parse(JSON.parse(text)).error;
    return typeof code === 'string' ? code : (type ?? undefined);
  } catch {
    return undefined;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
