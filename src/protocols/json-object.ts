/**
 * The JSON object that a text message of a client must be.
 */
import { AttuneError } from '../core/errors.js';

/** Throws invalid_event for anything else. */
export function parseJsonObject(message: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch (error) {
    throw new AttuneError('invalid_event', 'The message is not valid JSON.', { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AttuneError('invalid_event', 'The message is not a JSON object.');
  return value as Readonly<Record<string, unknown>>;
}
