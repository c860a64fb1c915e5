/**
 * What Twilio's webhooks have in common: a form that Twilio signed comes in, TwiML goes out.
 */
import type { ServerResponse } from 'node:http';
import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { AttuneError } from '../core/errors.js';
import { textBody, type PageRequest } from './http-page.js';
import type { TwilioLine } from './twilio-line.js';

/** Twilio sends some forty short fields. */
const mostBodyBytes = 64 * 1024;

/** The fields of a request that is Twilio's. Throws NOT_FOUND for another method, SIGNATURE_INVALID or invalid_value. */
export async function signedFields(
  { path, message }: PageRequest,
  line: TwilioLine,
): Promise<Readonly<Record<string, string>>> {
  if (message.method !== 'POST') throw new AttuneError('NOT_FOUND', 'Only POST is answered here');
  const fields = Object.fromEntries(new URLSearchParams(await textBody(message, mostBodyBytes)));
  const { headers, url: target = path } = message;
  const refusal = line.refusalOf({ target, headers, scheme: 'https', fields });
  if (refusal !== null) throw refusal;
  return fields;
}

export function answerTwiml(response: ServerResponse, answer: VoiceResponse): void {
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-store' });
  response.end(answer.toString());
}
