/**
 * A part of the HTTP side with paths of its own, and what all such parts do alike: read a JSON body, answer failures.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { ErrorCode } from '../core/error-catalogue.js';
import { answerError } from './http-answer.js';

export interface HttpPage {
  /** True when the path is this part's, whatever the method. */
  owns(path: string): boolean;
  /** Answers; rejects only when the answer could not be written. */
  answer(request: PageRequest, response: ServerResponse): Promise<void>;
}

export interface PageRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly message: IncomingMessage;
}

const statusOfCode: Partial<Readonly<Record<ErrorCode, number>>> = {
  invalid_value: 400,
  missing_required_parameter: 400,
  UNAUTHORIZED: 401,
  SIGNATURE_UNACCEPTED: 401,
  KEY_SCOPE_MISSING: 403,
  ORIGIN_REFUSED: 403,
  SIGNATURE_INVALID: 403,
  EMOTION_PURPOSE_FORBIDDEN: 403,
  NOT_FOUND: 404,
  NAME_TAKEN: 409,
  RATE_LIMITED: 429,
};

/** The HTTP status that says what the error says; 503 for what lies with the server. */
export function statusOf(error: AttuneError): number {
  return statusOfCode[error.code] ?? 503;
}

/** Runs `work`; what it throws is the answer. What was not read of the request is thrown away. */
export async function answered(
  { message }: PageRequest,
  response: ServerResponse,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const failure = toAttuneError(error, 'INTERNAL');
    answerError(response, statusOf(failure), failure);
  } finally {
    message.resume();
  }
}

export function nothingHere(): AttuneError {
  return new AttuneError('NOT_FOUND', 'Nothing lives at this path');
}

/** The body as text. Throws invalid_value when it has more than `maxBytes`. */
export async function textBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let byteCount = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    byteCount += part.length;
    if (byteCount > maxBytes) throw new AttuneError('invalid_value', 'the body is too large', { field: 'body' });
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The body as JSON; an empty one is an empty object. Throws invalid_value. */
export async function jsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const text = await textBody(request, maxBytes);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AttuneError('invalid_value', 'the body is not JSON', { field: 'body', cause: error });
  }
}
