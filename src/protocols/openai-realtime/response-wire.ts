/**
 * The response object of the wire.
 */
import type { AttuneError } from '../../core/errors.js';
import type { ReplyDescription, SessionEvent } from '../../session/events.js';
import { wireItem } from './item-wire.js';
import type { WireFormat } from './session-object.js';

type ReplyEnded = Extract<SessionEvent, { type: 'reply.ended' }>;

interface ResponseContext {
  readonly conversationId: string;
  readonly outputFormat: WireFormat;
}

export function responseInProgress(reply: ReplyDescription, context: ResponseContext): Record<string, unknown> {
  return { ...common(reply, context), status: 'in_progress', status_details: null, output: [], usage: null };
}

export function responseEnded(event: ReplyEnded, context: ResponseContext): Record<string, unknown> {
  const { usage } = event;
  return {
    ...common(event.reply, context),
    status: event.status,
    status_details: statusDetails(event),
    output: event.output.map(wireItem),
    usage:
      usage === null
        ? null
        : {
            total_tokens: usage.inputTokens + usage.outputTokens,
            input_tokens: usage.inputTokens,
            output_tokens: usage.outputTokens,
            input_token_details: { text_tokens: usage.inputTokens, audio_tokens: 0, image_tokens: 0, cached_tokens: 0 },
            output_token_details: { text_tokens: usage.outputTokens, audio_tokens: 0 },
          },
  };
}

function common(reply: ReplyDescription, context: ResponseContext): Record<string, unknown> {
  return {
    id: reply.id,
    object: 'realtime.response',
    conversation_id: reply.inConversation ? context.conversationId : null,
    output_modalities: [reply.modality],
    max_output_tokens: reply.maxOutputTokens ?? 'inf',
    metadata: reply.metadata,
    audio: { output: { format: context.outputFormat, voice: reply.voice } },
  };
}

function statusDetails(event: ReplyEnded): Record<string, unknown> | null {
  switch (event.status) {
    case 'completed':
      return null;
    case 'cancelled':
      return { type: 'cancelled', reason: event.reason === 'client-cancelled' ? 'client_cancelled' : 'turn_detected' };
    case 'incomplete':
      return { type: 'incomplete', reason: event.reason === 'content-filter' ? 'content_filter' : 'max_output_tokens' };
    case 'failed':
      return {
        type: 'failed',
        error: event.error === null ? { type: 'server_error', code: 'INTERNAL' } : wireError(event.error),
      };
  }
}

/** Codes that say that the request was wrong, not the server. */
const requestCodes = /^[a-z_]+$|^AUDIO_|^LANGUAGE_UNSUPPORTED$|^VOICE_UNKNOWN$|^EMOTION_PURPOSE_FORBIDDEN$/u;

/** Strings throughout, never null where a client's schema wants a string. */
export function wireError(error: AttuneError): {
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
} {
  const type = requestCodes.test(error.code) ? 'invalid_request_error' : 'server_error';
  return { type, code: error.code, message: `${error.message} ${error.hint}`, param: error.field ?? null };
}
