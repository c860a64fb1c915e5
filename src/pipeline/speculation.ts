/**
 * An answer that is being made before it is certain that the turn is over; at most one for each call.
 *
 * Responder and voice work on it, and nobody reads what they make: no event, no tool call, no word of it leaves before it is
 * taken. It is taken only by the question it answers: the same words of the caller in the same conversation, with the same
 * feeling, acts, tools and voice. Otherwise it is dropped without a trace but a count, and so is one in which anything failed.
 * What it makes ahead is bounded as for any reply.
 */
import { CancelledError } from '../core/errors.js';
import type { Metrics } from '../core/metrics.js';
import type { Scope } from '../core/scope.js';
import type { DialogueMessage, ResponderRequest } from '../stages/llm/responder.js';
import type { Abilities } from './abilities.js';
import { streamReply, type ReplyPart, type ReplyStreamOptions } from './reply-stream.js';

/** What is to be answered, and how it is to be spoken. */
export interface Question extends Omit<ReplyStreamOptions, 'abilities' | 'scope'> {
  /** Names of the response rules that shape the answer. */
  readonly rules: readonly string[];
}

export interface SpeculationOptions {
  readonly abilities: Pick<Abilities, 'responder' | 'tts'>;
  readonly metrics: Metrics;
  /** The call's. */
  readonly scope: Scope;
}

interface Draft {
  readonly key: string;
  readonly scope: Scope;
  readonly parts: AsyncIterator<ReplyPart>;
  readonly first: Promise<IteratorResult<ReplyPart>>;
  readonly health: { hasFailed: boolean };
}

type Outcome = 'started' | 'used' | 'discarded' | 'failed';

export class Speculation {
  readonly #options: SpeculationOptions;
  #draft: Draft | undefined;

  constructor(options: SpeculationOptions) {
    this.#options = options;
  }

  /** Begins to answer; an answer to another question is dropped before, and one to the same goes on. */
  begin(question: Question): void {
    const key = keyOf(question);
    if (this.#draft?.key === key) return;
    this.discard();
    const { abilities, scope: callScope } = this.#options;
    const scope = callScope.child('speculation');
    const health = { hasFailed: false };
    const watchedAbilities = watch(abilities, () => (health.hasFailed = true));
    const parts = streamReply({ ...question, abilities: watchedAbilities, scope })[Symbol.asyncIterator]();
    const first = parts.next();
    // Nobody may come to read it.
    first.catch(() => undefined);
    this.#draft = { key, scope, parts, first, health };
    this.#count('started');
  }

  /**
   * The answer to exactly this question, from its first part on; undefined when there is none. Either way none is under way
   * afterwards. The answer dies with `owner`.
   */
  take(question: Question, owner: Scope): AsyncIterable<ReplyPart> | undefined {
    const draft = this.#draft;
    if (!draft) return undefined;
    if (draft.health.hasFailed || draft.key !== keyOf(question)) {
      this.discard();
      return undefined;
    }
    this.#draft = undefined;
    this.#count('used');
    const onAbort = (): void => draft.scope.cancel(reasonOf(owner.signal));
    owner.signal.addEventListener('abort', onAbort, { once: true });
    if (owner.signal.aborted) onAbort();
    return this.#read(draft);
  }

  /** The caller went on, or what was prepared for did not come. Harmless when there is none. */
  discard(): void {
    const draft = this.#draft;
    if (!draft) return;
    this.#draft = undefined;
    this.#count(draft.health.hasFailed ? 'failed' : 'discarded');
    this.#end(draft);
  }

  async *#read(draft: Draft): AsyncGenerator<ReplyPart> {
    try {
      for (let next = await draft.first; next.done !== true; next = await draft.parts.next()) yield next.value;
    } finally {
      this.#end(draft);
    }
  }

  #end(draft: Draft): void {
    draft.scope.cancel('superseded');
    this.#options.scope.spawn('end-speculation', async () => {
      await draft.parts.return?.().catch(() => undefined);
      await draft.scope[Symbol.asyncDispose]();
    });
  }

  #count(outcome: Outcome): void {
    this.#options.metrics.count('speculations_total', { outcome });
  }
}

/** The same abilities; `onFailure` is told when one of them fails before the answer is complete. */
function watch(
  { responder, tts }: SpeculationOptions['abilities'],
  onFailure: () => void,
): SpeculationOptions['abilities'] {
  return {
    responder: { name: responder.name, respond: (...args) => watched(() => responder.respond(...args), onFailure) },
    tts: {
      name: tts.name,
      voices: tts.voices,
      sampleRateHz: tts.sampleRateHz,
      synthesise: (...args) => watched(() => tts.synthesise(...args), onFailure),
      [Symbol.asyncDispose]: async () => undefined,
    },
  };
}

async function* watched<T>(source: () => AsyncIterable<T>, onFailure: () => void): AsyncGenerator<T> {
  try {
    yield* source();
  } catch (error) {
    onFailure();
    throw error;
  }
}

/** Equal for questions with the same answer. */
function keyOf({ request, speak, voice, verbatim, rules }: Question): string {
  const { messages, emotion, ...rest } = request;
  return JSON.stringify({
    ...rest,
    messages: messages.map((message, index) => (index === messages.length - 1 ? lastOf(message) : message)),
    emotion: feelingOf(emotion),
    speak,
    voice,
    verbatim,
    rules,
  });
}

/** Marks and capitals of what was just said may still change; its words may not. */
function lastOf(message: DialogueMessage): unknown {
  if (message.role !== 'user') return message;
  return { ...message, text: message.text.toLowerCase().match(/[\p{L}\p{M}\p{N}'@]+/gu) ?? [] };
}

/** Numbers move a little with the last frames of silence; what an answer goes by is the feeling and its course. */
function feelingOf(emotion: ResponderRequest['emotion']): unknown {
  return emotion && [emotion.label, emotion.trend];
}

function reasonOf(signal: AbortSignal): CancelledError['reason'] {
  return signal.reason instanceof CancelledError ? signal.reason.reason : 'superseded';
}
