/**
 * One HTTP exchange with a transcription server: sends a form, answers the body.
 *
 * Owns connection errors, statuses and the size limit. It does not retry and knows no time-outs; whoever aborts the
 * signal has them.
 */
import type { Clock } from '../../../core/clock.js';
import { networkCodeOf, retryAfterMsOf } from '../../peer-http.js';
import { TranscriptionFault } from './transcription-fault.js';

export interface TranscriptionExchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: FormData;
  readonly signal: AbortSignal;
  /** Reads `Retry-After` dates. */
  readonly clock: Clock;
}

/** An hour of words with times is below this. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** Throws a `TranscriptionFault`. */
export async function exchangeTranscription(request: TranscriptionExchange): Promise<string> {
  const { url, headers, form, signal, clock } = request;
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', headers, body: form, signal, redirect: 'manual' });
  } catch (error) {
    throw new TranscriptionFault('the transcription server could not be reached', { kind: networkCodeOf(error) });
  }
  if (!response.ok) {
    await response.body?.cancel().catch(() => undefined);
    throw new TranscriptionFault('the transcription server refused the request', {
      status: response.status,
      retryAfterMs: retryAfterMsOf(response.headers.get('retry-after'), clock),
    });
  }
  return bodyOf(response);
}

async function bodyOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let byteCount = 0;
  try {
    for await (const bytes of (body ?? []) as AsyncIterable<Uint8Array>) {
      byteCount += bytes.byteLength;
      if (byteCount > maxAnswerBytes) break;
      text += decoder.decode(bytes, { stream: true });
    }
  } catch (error) {
    throw new TranscriptionFault('the connection to the transcription server broke', { kind: networkCodeOf(error) });
  }
  if (byteCount > maxAnswerBytes) {
    throw new TranscriptionFault(`the answer is longer than ${maxAnswerBytes} bytes`, { retryable: false });
  }
  return text + decoder.decode();
}
