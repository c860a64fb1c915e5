/**
 * What happens in a chat as it is written down, for those who look back or resume. Pure: messages in, events out.
 *
 * Types and roles are those of EVI's REST interface. Sound is never among them.
 */
import type { NewItem } from '../../session/events.js';
import { parseWire } from '../wire-validation.js';
import { clientMessages } from './client-message.js';
import type { EviMessage } from './server-encoder.js';

export interface ChatEvent {
  /** 0 for the first of a chat. */
  readonly sequence: number;
  /** Wall time, milliseconds since the epoch. */
  readonly atMs: number;
  readonly type:
    | 'AGENT_MESSAGE'
    | 'ASSISTANT_PROSODY'
    | 'CHAT_START_MESSAGE'
    | 'CHAT_END_MESSAGE'
    | 'FUNCTION_CALL'
    | 'FUNCTION_CALL_RESPONSE'
    | 'PAUSE_ONSET'
    | 'RESUME_ONSET'
    | 'SESSION_SETTINGS'
    | 'SYSTEM_PROMPT'
    | 'USER_INTERRUPTION'
    | 'USER_MESSAGE';
  readonly role: 'USER' | 'AGENT' | 'SYSTEM' | 'TOOL';
  readonly text?: string;
  /** The 48 scores. */
  readonly emotions?: Readonly<Record<string, number>>;
  /** Of the clause that the event is about. */
  readonly clauseId?: string;
  readonly tool?: { readonly callId: string; readonly name: string };
  /** JSON. */
  readonly metadata?: string;
}

export type NewChatEvent = Omit<ChatEvent, 'sequence' | 'atMs'>;

/** What a message to the client says of the chat; null for what is not written down. */
export function eventOfServerMessage(message: EviMessage): NewChatEvent | null {
  const { message: said, models } = message as {
    readonly message?: { readonly content?: string };
    readonly models?: { readonly prosody?: { readonly scores: Readonly<Record<string, number>> } };
  };
  const emotions = models?.prosody === undefined ? {} : { emotions: models.prosody.scores };
  switch (message.type) {
    case 'chat_metadata':
      return { type: 'CHAT_START_MESSAGE', role: 'SYSTEM' };
    case 'user_message':
      if (message['interim'] === true) return null;
      return { type: 'USER_MESSAGE', role: 'USER', text: said?.content ?? '', ...emotions };
    case 'assistant_message':
      return { type: 'AGENT_MESSAGE', role: 'AGENT', text: said?.content ?? '', clauseId: String(message['id']) };
    case 'assistant_prosody':
      return { type: 'ASSISTANT_PROSODY', role: 'AGENT', clauseId: String(message['id']), ...emotions };
    case 'user_interruption':
      return { type: 'USER_INTERRUPTION', role: 'USER' };
    case 'tool_call':
      return {
        type: 'FUNCTION_CALL',
        role: 'AGENT',
        text: String(message['parameters']),
        tool: { callId: String(message['tool_call_id']), name: String(message['name']) },
      };
    default:
      return null;
  }
}

/** The same for a message of the client that was understood. Keys of language models are left out. */
export function eventOfClientMessage(wire: Readonly<Record<string, unknown>>): NewChatEvent | null {
  switch (wire['type']) {
    case 'session_settings': {
      const { language_model_api_key: _key, type: _type, ...settings } = wire;
      return { type: 'SESSION_SETTINGS', role: 'SYSTEM', metadata: JSON.stringify(settings) };
    }
    case 'tool_response': {
      const { tool_call_id: callId, content } = parseWire(clientMessages.tool_response, wire, '');
      return { type: 'FUNCTION_CALL_RESPONSE', role: 'TOOL', text: content, tool: { callId, name: '' } };
    }
    case 'tool_error': {
      const { tool_call_id: callId, error, content } = parseWire(clientMessages.tool_error, wire, '');
      return { type: 'FUNCTION_CALL_RESPONSE', role: 'TOOL', text: content ?? error, tool: { callId, name: '' } };
    }
    case 'pause_assistant_message':
      return { type: 'PAUSE_ONSET', role: 'USER' };
    case 'resume_assistant_message':
      return { type: 'RESUME_ONSET', role: 'USER' };
    default:
      return null;
  }
}

/**
 * What a chat that is resumed begins with, oldest first: at most `limit` of the last messages. Clauses of one answer become
 * one message, and a call of a tool without its result, or the other way round, is left out.
 */
export function historyOf(events: readonly ChatEvent[], limit: number): readonly NewItem[] {
  const called = new Set(events.filter(({ type }) => type === 'FUNCTION_CALL').map(({ tool }) => tool?.callId));
  const answered = new Set(
    events.filter(({ type }) => type === 'FUNCTION_CALL_RESPONSE').map(({ tool }) => tool?.callId),
  );
  const items: NewItem[] = [];
  for (const { type, text = '', tool } of events) {
    const last = items.at(-1);
    if (type === 'AGENT_MESSAGE' && last?.kind === 'message' && last.role === 'assistant')
      items.splice(-1, 1, { ...last, text: `${last.text} ${text}` });
    else if (type === 'AGENT_MESSAGE') items.push({ kind: 'message', role: 'assistant', text });
    else if (type === 'USER_MESSAGE') items.push({ kind: 'message', role: 'user', text });
    else if (type === 'FUNCTION_CALL' && tool && answered.has(tool.callId))
      items.push({ kind: 'tool-call', callId: tool.callId, name: tool.name, argumentsJson: text });
    else if (type === 'FUNCTION_CALL_RESPONSE' && tool && called.has(tool.callId))
      items.push({ kind: 'tool-result', callId: tool.callId, output: text });
  }
  const kept = limit === 0 ? [] : items.slice(-limit);
  const isOrphan = kept[0]?.kind === 'tool-result';
  return isOrphan ? kept.slice(1) : kept;
}
