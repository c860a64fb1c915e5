/**
 * An item a client brings along, as the conversation keeps it. Pure.
 */
import { durationMs } from '../audio/audio-frame.js';
import type { ConversationItem, NewItem } from './events.js';

/** @param newId asked when the client gave no id */
export function itemOf(wanted: NewItem, newId: () => string): ConversationItem {
  const id = wanted.id ?? newId();
  const status = 'completed';
  switch (wanted.kind) {
    case 'message':
      return { kind: 'message', id, role: wanted.role, status, text: wanted.text, spoken: false, audioMs: 0 };
    case 'speech': {
      const audioMs = durationMs(wanted.frame);
      return { kind: 'message', id, role: 'user', status, text: wanted.transcript, spoken: true, audioMs };
    }
    case 'tool-call':
      return { ...wanted, id, status };
    case 'tool-result':
      return { ...wanted, id, status };
  }
}
