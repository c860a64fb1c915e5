/**
 * A responder's request as the JSON body of an OpenAI-compatible `POST /chat/completions`.
 *
 * Pure. Owns the order that the format demands: an assistant message carries its tool calls, and every call is followed
 * at once by its result, although in the conversation the caller may have spoken in between or the result may be missing.
 */
import type { PromptTemplate } from './prompt-template.js';
import type { DialogueMessage, ResponderRequest, ToolChoice } from './responder.js';

type ToolCallMessage = Extract<DialogueMessage, { role: 'tool-call' }>;

interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly ChatToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface ChatBodyOptions {
  readonly model: string;
  readonly promptTemplate: PromptTemplate;
  /** Newer OpenAI models accept only `max_completion_tokens`; every other server knows `max_tokens`. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  readonly includeUsage: boolean;
  /** Further fields of the body, as `temperature` or a server's own switches. */
  readonly extraBody: Readonly<Record<string, unknown>>;
}

/** The model reads this in place of a result that has not come yet. */
const pendingResult = '{"status":"no result yet"}';

/** The body, ready for JSON. `extraBody` cannot replace the fields that are set here. */
export function chatBodyOf(request: ResponderRequest, options: ChatBodyOptions): Record<string, unknown> {
  return {
    ...options.extraBody,
    model: options.model,
    stream: true,
    ...(options.includeUsage ? { stream_options: { include_usage: true } } : {}),
    ...(request.maxOutputTokens === null ? {} : { [options.maxTokensField]: request.maxOutputTokens }),
    ...toolFieldsOf(request),
    messages: [
      { role: 'system', content: options.promptTemplate.render(request) },
      ...chatMessagesOf(request.messages),
    ] satisfies ChatMessage[],
  };
}

/** The conversation in chat form. Empty messages are left out; a result without its call becomes a system message. */
export function chatMessagesOf(messages: readonly DialogueMessage[]): ChatMessage[] {
  const results = new Map<string, string>();
  const callIds = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool-result') results.set(message.callId, message.output);
    if (message.role === 'tool-call') callIds.add(message.callId);
  }
  const chat: ChatMessage[] = [];
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at]!;
    if (message.role === 'tool-result') {
      if (!callIds.has(message.callId))
        chat.push({ role: 'system', content: `Result of an earlier tool: ${message.output}` });
    } else if (message.role === 'tool-call') {
      const calls = callsFrom(messages, at);
      at += calls.length - 1;
      const spoken = chat.at(-1);
      const content = spoken?.role === 'assistant' && spoken.tool_calls === undefined ? spoken.content : null;
      if (content !== null) chat.pop();
      chat.push({ role: 'assistant', content, tool_calls: calls.map(chatToolCallOf) });
      for (const call of calls) {
        chat.push({ role: 'tool', tool_call_id: call.callId, content: results.get(call.callId) ?? pendingResult });
      }
    } else if (message.text.trim() !== '') {
      chat.push({ role: message.role, content: message.text });
    }
  }
  return chat;
}

/** The calls that were made together: those that follow one another from `start`. */
function callsFrom(messages: readonly DialogueMessage[], start: number): ToolCallMessage[] {
  const calls: ToolCallMessage[] = [];
  for (let at = start; at < messages.length; at += 1) {
    const message = messages[at]!;
    if (message.role !== 'tool-call') break;
    calls.push(message);
  }
  return calls;
}

function chatToolCallOf(call: ToolCallMessage): ChatToolCall {
  return { id: call.callId, type: 'function', function: { name: call.name, arguments: call.argumentsJson || '{}' } };
}

function toolFieldsOf(request: ResponderRequest): Record<string, unknown> {
  if (request.tools.length === 0) return {};
  return {
    tools: request.tools.map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    })),
    tool_choice: chatToolChoiceOf(request.toolChoice),
  };
}

function chatToolChoiceOf(choice: ToolChoice): unknown {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}
