/**
 * Base64 of a wire message to bytes, strictly: half a message is a fault of the client, not silence.
 */
import { AttuneError } from '../core/errors.js';

/** OpenAI's API takes at most 15 MiB of base64 in one message; nobody else sends more. */
const maxBase64Chars = 15 * 1024 * 1024;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** Throws invalid_value for anything that is not whole base64. */
export function decodeBase64(text: string, field: string): Uint8Array {
  if (text.length > maxBase64Chars)
    throw new AttuneError('invalid_value', `Invalid value for '${field}': more than 15 MiB.`, { field });
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const whole = padding === 0 ? text.length % 4 !== 1 : text.length % 4 === 0;
  if (!whole || !base64.test(text))
    throw new AttuneError('invalid_value', `Invalid value for '${field}': not valid base64.`, { field });
  return Buffer.from(text, 'base64');
}
