/**
 * A server's message as JSON, with the name of its kind under `type` whatever the format calls it.
 */
import { AttuneError } from '../../core/errors.js';
import type { WireMessage } from '../../protocols/protocol.js';
import type { ServerEvent } from './caller-wire.js';

/** @param kind where the format has the name of the message; throws CONNECTION_FAILED for anything else */
export function readJsonMessage(wire: WireMessage, kind: 'type' | 'event'): ServerEvent {
  const message = parsed(wire);
  const type = (message as Readonly<Record<string, unknown>> | null)?.[kind];
  if (typeof message !== 'object' || message === null || typeof type !== 'string') {
    throw new AttuneError('CONNECTION_FAILED', 'the server sent a message that is not of the format', { field: kind });
  }
  return { ...message, type };
}

function parsed(wire: WireMessage): unknown {
  if (typeof wire !== 'string') return undefined;
  try {
    return JSON.parse(wire);
  } catch {
    return undefined;
  }
}
