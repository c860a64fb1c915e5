/**
 * A responder behind any server that speaks OpenAI's streaming chat completions: vLLM, llama.cpp, Ollama, OpenAI.
 *
 * Owns patience: how long the first token may take over all attempts, how long the stream may pause, and which failures
 * are tried again. An attempt is repeated only while nothing was yielded. Prompt, key and answers never enter a message.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import { exchange } from './chat-completions-connection.js';
import { chatBodyOf } from './chat-completions-request.js';
import { ChatCompletionsStream } from './chat-completions-stream.js';
import { PromptTemplate } from './prompt-template.js';
import { ResponderFault } from './responder-fault.js';
import { ResponsePatience } from './response-patience.js';
import type { Responder, ResponderEvent, ResponderRequest } from './responder.js';

export interface ChatCompletionsOptions {
  /** Up to, without, `/chat/completions`: `http://127.0.0.1:8000/v1`. No user name or password in it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly clock: Clock;
  /** Sent as a bearer token. */
  readonly apiKey?: string | null;
  readonly promptTemplate?: PromptTemplate;
  /** From `respond` to the first text or tool call, attempts and pauses included. */
  readonly firstTokenTimeoutMs?: number;
  /** Between two pieces of the stream, once it runs. */
  readonly idleTimeoutMs?: number;
  readonly maxAttempts?: number;
  readonly maxResponseBytes?: number;
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** False for servers that refuse `stream_options`; then no usage is reported. */
  readonly includeUsage?: boolean;
  /** Further fields of the request, as `temperature` or `chat_template_kwargs`. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
}

/** What a caller puts up with on a silent line before the fallback sentence. */
const defaultFirstTokenTimeoutMs = 8_000;
const defaultIdleTimeoutMs = 10_000;
const defaultMaxAttempts = 3;
/** An hour of speech is about 60 kB of text; the framing of one-token chunks multiplies that by some thirty. */
const defaultMaxResponseBytes = 4 * 1024 * 1024;
/** First pause between attempts when the server names none; it doubles. */
const firstBackoffMs = 250;
/** How long usage is waited for after the server said that it is finished. */
const usageWaitMs = 1_000;

export class ChatCompletionsResponder implements Responder {
  readonly name = 'chat-completions';
  readonly #options: Required<ChatCompletionsOptions>;
  readonly #url: URL;

  /** Throws OPTION_INVALID for a base URL or key that cannot be sent. */
  constructor(options: ChatCompletionsOptions) {
    this.#options = {
      apiKey: null,
      promptTemplate: new PromptTemplate(),
      firstTokenTimeoutMs: defaultFirstTokenTimeoutMs,
      idleTimeoutMs: defaultIdleTimeoutMs,
      maxAttempts: defaultMaxAttempts,
      maxResponseBytes: defaultMaxResponseBytes,
      maxTokensField: 'max_tokens',
      includeUsage: true,
      extraBody: {},
      ...options,
    };
    this.#url = endpointOf(options.baseUrl);
    if (!/^[\x21-\x7e]*$/.test(this.#options.apiKey ?? '')) {
      throw new AttuneError('OPTION_INVALID', 'the language model key has characters that cannot be sent', {
        field: 'apiKey',
      });
    }
  }

  /** Aborting closes the connection and makes the iteration throw the signal's reason. */
  async *respond(
    request: ResponderRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<ResponderEvent> {
    signal.throwIfAborted();
    const patience = new ResponsePatience(this.#options, signal);
    const body = JSON.stringify(chatBodyOf(request, this.#options));
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          yield* this.#attempt(body, patience);
          return;
        } catch (error) {
          patience.throwIfOver();
          const fault = error instanceof ResponderFault ? error : undefined;
          if (!fault) throw error;
          const pauseMs = fault.retryAfterMs ?? firstBackoffMs * 2 ** (attempt - 1);
          const hopeless = patience.started || !fault.retryable || attempt >= this.#options.maxAttempts;
          if (hopeless || !patience.leavesTimeFor(pauseMs)) throw fault.toAttuneError();
          await this.#options.clock.sleep(pauseMs, patience.signal).catch(() => patience.throwIfOver());
        }
      }
    } finally {
      patience.end();
    }
  }

  async *#attempt(body: string, patience: ResponsePatience): AsyncGenerator<ResponderEvent> {
    const { apiKey, maxResponseBytes, idleTimeoutMs, clock } = this.#options;
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(apiKey === null || apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
    };
    const stream = new ChatCompletionsStream();
    try {
      for await (const payloads of exchange({
        url: this.#url,
        headers,
        body,
        maxResponseBytes,
        clock,
        signal: patience.signal,
      })) {
        patience.pieceCame();
        for (const payload of payloads) {
          for (const event of stream.accept(payload)) {
            patience.start();
            yield event;
            patience.throwIfOver();
          }
        }
        patience.awaitPiece(stream.finished ? usageWaitMs : idleTimeoutMs);
      }
    } catch (error) {
      // The answer is whole when only usage is missing.
      if (!(stream.finished && patience.timedOut && error instanceof ResponderFault)) throw error;
    }
    yield* stream.end();
  }
}

function endpointOf(baseUrl: string): URL {
  const invalid = (problem: string): AttuneError =>
    new AttuneError('OPTION_INVALID', `the language model base URL ${problem}`, {
      field: 'baseUrl',
      hint: 'Give it as http://HOST:PORT/v1; the key has an option of its own.',
    });
  if (!URL.canParse(baseUrl)) throw invalid('is not a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('is not http or https');
  if (url.username !== '' || url.password !== '') throw invalid('contains credentials');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url;
}
