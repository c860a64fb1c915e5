/**
 * Session events to EVI messages.
 *
 * A user's message is told once its feeling is known, as the wire has both in one. An answer is told clause by clause: each
 * clause is a message with an id of its own, under which its sound follows as small WAV files, numbered without a gap.
 */
import { encodeWav } from '../../audio/wav-writer.js';
import type { AttuneError } from '../../core/errors.js';
import type { SessionEvent } from '../../session/events.js';
import type { ExpressionScores } from '../../stages/fusion/expression-scores.js';
import { expressionsOfStyle } from '../../stages/tts/style-expression.js';
import type { ChatSettings } from './chat-settings.js';

export type EviMessage = Readonly<Record<string, unknown>> & { readonly type: string };

export interface EviEncoderOptions {
  readonly settings: ChatSettings;
  /** What about the query counts for nothing; told first thing. */
  readonly fault: AttuneError | null;
  readonly chatId: string;
  readonly chatGroupId: string;
  readonly requestId: string;
  /** Transcripts that may still change are told as well. */
  readonly verboseTranscription: boolean;
  /** Milliseconds since the epoch. */
  readonly wallTimeMs: () => number;
}

interface HeardMessage {
  beginMs: number;
  endMs: number;
  text: string | null;
}

export class EviServerEncoder {
  readonly #options: EviEncoderOptions;
  readonly #heard = new Map<string, HeardMessage>();
  #emotionEnabled = false;
  #replyId: string | null = null;
  #clause = { id: '', index: 0 };
  #clauseCount = 0;
  /** True once sound of the reply was sent. */
  #isHeard = false;
  #hasUnanswered = false;

  constructor(options: EviEncoderOptions) {
    this.#options = options;
  }

  /** True when the caller said or typed something that nothing was answered to yet. */
  get hasUnanswered(): boolean {
    return this.#hasUnanswered;
  }

  encode(event: SessionEvent): readonly EviMessage[] {
    const { customSessionId } = this.#options.settings;
    const messages = this.#messagesOf(event);
    return customSessionId === null
      ? messages
      : messages.map((message) => ({ ...message, custom_session_id: customSessionId }));
  }

  #messagesOf(event: SessionEvent): readonly EviMessage[] {
    const { chatId, chatGroupId, requestId, fault, verboseTranscription } = this.#options;
    switch (event.type) {
      case 'session.ready':
        this.#emotionEnabled = event.settings.emotionEnabled;
        return [
          { type: 'chat_metadata', chat_id: chatId, chat_group_id: chatGroupId, request_id: requestId },
          ...(fault === null ? [] : [errorMessage(fault)]),
        ];
      case 'settings.updated':
        this.#emotionEnabled = event.settings.emotionEnabled;
        return [];
      case 'speech.started':
        this.#heard.set(event.itemId, { beginMs: event.startMs, endMs: event.startMs, text: null });
        return this.#interrupted();
      case 'speech.ended': {
        const heard = this.#heard.get(event.itemId);
        if (heard) heard.endMs = event.endMs;
        return [];
      }
      case 'transcript.partial': {
        if (!verboseTranscription || event.text === '') return [];
        const { beginMs = 0 } = this.#heard.get(event.itemId) ?? {};
        return [userMessage({ text: event.text, beginMs, endMs: beginMs, interim: true })];
      }
      case 'transcript.final':
        return this.#transcribed(event.itemId, event.writtenText, event.audioMs);
      case 'transcript.failed':
        this.#heard.delete(event.itemId);
        return [errorMessage(event.error)];
      case 'emotion.estimated':
        return event.final ? this.#felt(event.itemId, event.expressions) : [];
      case 'item.added': {
        const { item } = event;
        if (item.kind !== 'message' || item.role !== 'user' || item.spoken) return [];
        this.#hasUnanswered = true;
        // Answered at once, it breaks off what is being said.
        const interruption = this.#options.settings.isPaused ? [] : this.#interrupted();
        return [...interruption, userMessage({ text: item.text ?? '', fromText: true })];
      }
      case 'reply.started':
        this.#replyId = event.reply.id;
        this.#hasUnanswered = false;
        this.#clauseCount = 0;
        this.#isHeard = false;
        return [];
      case 'reply.clause':
        if (event.replyId !== this.#replyId) return [];
        this.#clause = { id: `${event.itemId}-${this.#clauseCount}`, index: 0 };
        this.#clauseCount += 1;
        return [
          assistantMessage(this.#clause.id, event.text.trim()),
          {
            type: 'assistant_prosody',
            id: this.#clause.id,
            models: { prosody: { scores: expressionsOfStyle(event.style) } },
          },
        ];
      case 'reply.audio': {
        if (event.replyId !== this.#replyId) return [];
        const { id, index } = this.#clause;
        this.#clause = { id, index: index + 1 };
        this.#isHeard = true;
        const wav = encodeWav({ sampleRateHz: event.sampleRateHz, channels: [event.samples] });
        return [{ type: 'audio_output', id, index, data: Buffer.from(wav).toString('base64') }];
      }
      case 'reply.tool.ended': {
        const { name, callId, argumentsJson } = event.item;
        const isBuiltin = this.#isHangUp(name);
        const result = {
          type: 'tool_response',
          tool_call_id: callId,
          content: '',
          tool_name: name,
          tool_type: 'builtin',
        };
        return [
          {
            type: 'tool_call',
            name,
            parameters: argumentsJson === '' ? '{}' : argumentsJson,
            tool_call_id: callId,
            tool_type: isBuiltin ? 'builtin' : 'function',
            response_required: !isBuiltin,
          },
          // What a built-in tool comes to, the server itself says.
          ...(isBuiltin ? [result] : []),
        ];
      }
      case 'reply.ended':
        return this.#ended(event);
      case 'request.failed':
        return [errorMessage(event.error)];
      case 'degraded':
        return [errorMessage(event.error, `${event.component}_degraded`)];
      case 'session.ended':
        return event.error === null ? [] : [errorMessage(event.error)];
      default:
        return [];
    }
  }

  #isHangUp(name: string): boolean {
    return name === 'hang_up' && this.#options.settings.mayHangUp;
  }

  /** The reply that is broken off sends nothing more; one that was not heard yet was not interrupted. */
  #interrupted(): readonly EviMessage[] {
    const wasHeard = this.#replyId !== null && this.#isHeard;
    this.#replyId = null;
    return wasHeard ? [{ type: 'user_interruption', time: this.#options.wallTimeMs() }] : [];
  }

  #transcribed(itemId: string, text: string, audioMs: number): readonly EviMessage[] {
    const heard = this.#heard.get(itemId) ?? { beginMs: 0, endMs: audioMs, text: null };
    heard.text = text;
    this.#heard.set(itemId, heard);
    // With emotion the message waits for it.
    return this.#emotionEnabled ? [] : this.#felt(itemId, null);
  }

  #felt(itemId: string, expressions: ExpressionScores | null): readonly EviMessage[] {
    const heard = this.#heard.get(itemId);
    this.#heard.delete(itemId);
    if (!heard || heard.text === null || heard.text === '') return [];
    this.#hasUnanswered = true;
    return [userMessage({ text: heard.text, beginMs: heard.beginMs, endMs: heard.endMs, scores: expressions })];
  }

  #ended({ reply, status, error, output }: Extract<SessionEvent, { type: 'reply.ended' }>): readonly EviMessage[] {
    const isCurrent = reply.id === this.#replyId;
    if (isCurrent) this.#replyId = null;
    const failed = status === 'failed' && error !== null ? [errorMessage(error)] : [];
    // A tool was called: the assistant's turn goes on once the result is there.
    const last = output.at(-1);
    const hasSpoken = output.some(({ kind }) => kind === 'message');
    const goesOn = last?.kind === 'tool-call' && !(this.#isHangUp(last.name) && hasSpoken);
    return isCurrent && !goesOn && status !== 'cancelled' ? [...failed, { type: 'assistant_end' }] : failed;
  }
}

function userMessage({
  text,
  beginMs = 0,
  endMs = 0,
  interim = false,
  fromText = false,
  scores = null,
}: {
  readonly text: string;
  readonly beginMs?: number;
  readonly endMs?: number;
  readonly interim?: boolean;
  readonly fromText?: boolean;
  readonly scores?: ExpressionScores | null;
}): EviMessage {
  return {
    type: 'user_message',
    message: { role: 'user', content: text },
    models: scores === null ? {} : { prosody: { scores } },
    time: { begin: Math.round(beginMs), end: Math.round(endMs) },
    from_text: fromText,
    interim,
  };
}

function assistantMessage(id: string, text: string): EviMessage {
  return {
    type: 'assistant_message',
    id,
    message: { role: 'assistant', content: text },
    models: {},
    from_text: false,
    is_quick_response: false,
  };
}

function errorMessage(
  {
    code,
    message,
    field,
    hint,
  }: { readonly code: string; readonly message: string; readonly field?: string | undefined; readonly hint: string },
  slug = code.toLowerCase(),
): EviMessage {
  const place = field === undefined ? '' : ` (${field})`;
  const sentence = `${message}${place}`;
  return { type: 'error', code, slug, message: `${sentence}${/[.!?]$/u.test(sentence) ? '' : '.'} ${hint}`.trim() };
}
