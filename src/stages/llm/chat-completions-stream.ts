/**
 * Turns the `data:` payloads of a chat completion stream into responder events.
 *
 * Pure and synchronous: one instance per attempt, fed in order. Owns what servers do differently: calls without an index
 * or an id, arguments that never come, an error object in the middle of the stream, no `[DONE]`. It keeps no text.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ResponderEvent, ResponderUsage } from './responder.js';
import { ResponderFault } from './responder-fault.js';

const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: z
              .array(
                z.object({
                  index: z.number().nullish(),
                  id: z.string().nullish(),
                  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0) }).nullish(),
  error: z
    .union([z.string(), z.object({ code: z.union([z.number(), z.string()]).nullish(), type: z.string().nullish() })])
    .nullish(),
});

type ChunkToolCall = NonNullable<
  NonNullable<NonNullable<NonNullable<z.infer<typeof chunkSchema>['choices']>[number]['delta']>['tool_calls']>[number]
>;

interface OpenCall {
  readonly callId: string;
  /** The server's own id; null when it gave none. */
  readonly givenId: string | null;
  name: string;
  /** Arguments that came before the name was known. */
  waiting: string;
  hasArguments: boolean;
}

type EndReason = Extract<ResponderEvent, { type: 'ended' }>['reason'];

/** Names of other servers for a finished answer mean the same as `stop`. */
const endReasons: Readonly<Record<string, EndReason>> = {
  length: 'max-output-tokens',
  content_filter: 'content-filter',
};

export class ChatCompletionsStream {
  /** In the order they were begun. */
  readonly #calls: OpenCall[] = [];
  readonly #byIndex = new Map<number, OpenCall>();
  #reason: EndReason | null = null;
  #usage: ResponderUsage | null = null;

  /** True once the server said why it stopped; only usage can still come. */
  get finished(): boolean {
    return this.#reason !== null;
  }

  /** Events of one payload. Throws a `ResponderFault` on an error object, on JSON that cannot be read, on an abort. */
  accept(data: string): ResponderEvent[] {
    if (data.trim() === '[DONE]') {
      this.#reason ??= 'completed';
      return [];
    }
    const chunk = chunkSchema.safeParse(jsonOf(data));
    if (!chunk.success) throw new ResponderFault('the language model server sent a chunk that cannot be read');
    if (chunk.data.error) throw faultOfErrorObject(chunk.data.error);
    if (chunk.data.usage) {
      this.#usage = { inputTokens: chunk.data.usage.prompt_tokens, outputTokens: chunk.data.usage.completion_tokens };
    }
    const choice = chunk.data.choices?.[0];
    if (!choice) return [];
    const events: ResponderEvent[] = [];
    const text = choice.delta?.content ?? choice.delta?.refusal ?? '';
    if (text !== '') events.push({ type: 'text', delta: text });
    for (const call of choice.delta?.tool_calls ?? []) events.push(...this.#acceptCall(call));
    if (choice.finish_reason === 'abort' || choice.finish_reason === 'error') {
      throw new ResponderFault('the language model server gave the answer up');
    }
    if (choice.finish_reason) this.#reason = endReasons[choice.finish_reason] ?? 'completed';
    return events;
  }

  /** The last events, once the stream is over. Throws a `ResponderFault` when it broke off. */
  end(): ResponderEvent[] {
    if (this.#reason === null) throw new ResponderFault('the language model server broke off its answer');
    const events: ResponderEvent[] = [];
    for (const call of this.#calls) {
      if (call.name !== '' && !call.hasArguments) {
        events.push({ type: 'tool-call', callId: call.callId, name: call.name, argumentsDelta: '{}' });
      }
    }
    events.push({ type: 'ended', reason: this.#reason, usage: this.#usage });
    return events;
  }

  #acceptCall(part: ChunkToolCall): ResponderEvent[] {
    const call = this.#openCall(part);
    const delta = call.waiting + (part.function?.arguments ?? '');
    if (call.name === '') {
      call.waiting = delta;
      return [];
    }
    call.waiting = '';
    if (delta === '') return [];
    call.hasArguments = true;
    return [{ type: 'tool-call', callId: call.callId, name: call.name, argumentsDelta: delta }];
  }

  /** Finds the call a part belongs to. A new id under a known index is a new call: some servers number all of them 0. */
  #openCall(part: ChunkToolCall): OpenCall {
    const name = part.function?.name ?? '';
    const sameId = part.id ? this.#calls.find((call) => call.givenId === part.id) : undefined;
    const current = isNumber(part.index) ? this.#byIndex.get(part.index) : name === '' ? this.#calls.at(-1) : undefined;
    const known = sameId ?? (part.id && current?.givenId ? undefined : current);
    if (known) {
      if (known.name === '') known.name = name;
      return known;
    }
    const givenId = part.id || null;
    const call: OpenCall = {
      callId: givenId ?? `call_${randomUUID()}`,
      givenId,
      name,
      waiting: '',
      hasArguments: false,
    };
    this.#calls.push(call);
    if (isNumber(part.index)) this.#byIndex.set(part.index, call);
    return call;
  }
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}

/** The parsed JSON, or undefined. The parser's own message quotes its input, so it is not kept. */
function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}

function faultOfErrorObject(
  error: string | { code?: number | string | null | undefined; type?: string | null | undefined },
): ResponderFault {
  const code = typeof error === 'string' ? undefined : error.code;
  const type = typeof error === 'string' ? undefined : (error.type ?? code);
  const status = typeof code === 'number' && code >= 400 && code < 600 ? code : undefined;
  return new ResponderFault('the language model server reported an error in its stream', {
    status,
    kind: typeof type === 'string' ? type : undefined,
  });
}
