/**
 * Makes one reply: the responder's words become clauses, the clauses become sound, and both come out in one order.
 *
 * Thinking runs ahead of speaking, speaking runs ahead of the reader, each by a bounded amount; a reader that waits (a
 * client that has enough sound) stops the voice, and through it the responder. Whatever fails, the reply ends: a lost
 * clause is skipped, a lost responder is followed by a fallback sentence, and a `degraded` part says why.
 */
import { BoundedQueue } from '../core/bounded-queue.js';
import { isCancelled, toAttuneError, type AttuneError } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import type { ReplyIntent, ResponderRequest, ResponderUsage } from '../stages/llm/responder.js';
import type { SpeakingStyle } from '../stages/tts/speaking-style.js';
import type { Abilities } from './abilities.js';
import { ClauseSplitter } from './clause-splitter.js';

export type ReplyPart =
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'clause'; readonly text: string; readonly style: SpeakingStyle }
  /** Consecutive sound of the clause announced before it. */
  | { readonly type: 'audio'; readonly samples: Float32Array; readonly sampleRateHz: number }
  | { readonly type: 'tool-call'; readonly callId: string; readonly name: string; readonly argumentsDelta: string }
  | { readonly type: 'degraded'; readonly component: string; readonly error: AttuneError }
  | {
      readonly type: 'ended';
      readonly reason: 'completed' | 'max-output-tokens' | 'content-filter' | 'failed';
      readonly usage: ResponderUsage | null;
      readonly error: AttuneError | null;
    };

export interface ReplyStreamOptions {
  readonly abilities: Pick<Abilities, 'responder' | 'tts'>;
  readonly request: ResponderRequest;
  /** Said instead of asking the responder. */
  readonly verbatim: string | null;
  readonly speak: boolean;
  readonly voice: string;
  readonly styleOf: (intent: ReplyIntent) => SpeakingStyle;
  /** Said when the responder fails. */
  readonly fallbackText: string;
  /** Owns the reply's tasks; cancelling it ends the stream with the reason. */
  readonly scope: Scope;
}

/** Sound made ahead of the reader. */
const soundAheadMs = 2_000;
/** Clauses thought of ahead of the voice. */
const clausesAhead = 16;

interface Clause {
  readonly text: string;
  readonly style: SpeakingStyle;
}

/** The parts of one reply in order; the last one is `ended`. Throws the scope's reason when that is cancelled. */
export async function* streamReply(options: ReplyStreamOptions): AsyncIterable<ReplyPart> {
  const parts = new BoundedQueue<ReplyPart>({
    capacity: soundAheadMs,
    policy: 'wait',
    weigh: (part) => (part.type === 'audio' ? (part.samples.length * 1000) / part.sampleRateHz : 0),
  });
  const clauses = new BoundedQueue<Clause>({ capacity: clausesAhead, policy: 'wait' });
  const { scope } = options;
  const stop = (): void => {
    parts.purge();
    parts.close(scope.signal.reason as Error);
    clauses.close(scope.signal.reason as Error);
  };
  let isRead = true;
  if (scope.signal.aborted) throw scope.signal.reason;
  scope.signal.addEventListener('abort', stop, { once: true });
  scope.spawn('reply', async (signal) => {
    try {
      const [ended] = await Promise.all([
        think(options, parts, clauses, signal),
        speak(options, parts, clauses, signal),
      ]);
      await parts.push(ended, signal);
      parts.close();
    } catch (error) {
      // A reader that has left closed the queues under the producers.
      if (isRead) throw error;
    }
  });
  try {
    yield* parts;
  } finally {
    isRead = false;
    scope.signal.removeEventListener('abort', stop);
    parts.close();
    clauses.close();
  }
}

async function think(
  options: ReplyStreamOptions,
  parts: BoundedQueue<ReplyPart>,
  clauses: BoundedQueue<Clause>,
  signal: AbortSignal,
): Promise<Extract<ReplyPart, { type: 'ended' }>> {
  const splitter = new ClauseSplitter({ locale: options.request.locale });
  let intent: ReplyIntent = 'inform';
  const say = async (texts: readonly string[]): Promise<void> => {
    for (const text of texts) await clauses.push({ text, style: options.styleOf(intent) }, signal);
  };
  let hasText = false;
  const write = async (delta: string): Promise<void> => {
    hasText = true;
    await parts.push({ type: 'text', delta }, signal);
    await say(splitter.push(delta));
  };
  let ended: Extract<ReplyPart, { type: 'ended' }> = { type: 'ended', reason: 'completed', usage: null, error: null };
  try {
    if (options.verbatim !== null) {
      await write(options.verbatim);
    } else {
      for await (const event of options.abilities.responder.respond(options.request, { signal })) {
        if (event.type === 'text') await write(event.delta);
        else if (event.type === 'tool-call') await parts.push(event, signal);
        else if (event.type === 'ended') ended = { ...event, error: null };
        else {
          await say(splitter.flush());
          intent = event.intent;
        }
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (isCancelled(error)) throw error;
    const failure = toAttuneError(error, 'RESPONDER_FAILED');
    await parts.push({ type: 'degraded', component: 'responder', error: failure }, signal);
    intent = 'apologise';
    await say(splitter.flush());
    await write(hasText ? ` ${options.fallbackText}` : options.fallbackText);
    ended = { type: 'ended', reason: 'failed', usage: null, error: failure };
  }
  await say(splitter.flush());
  clauses.close();
  return ended;
}

async function speak(
  options: ReplyStreamOptions,
  parts: BoundedQueue<ReplyPart>,
  clauses: BoundedQueue<Clause>,
  signal: AbortSignal,
): Promise<void> {
  const { tts } = options.abilities;
  for await (const clause of clauses) {
    signal.throwIfAborted();
    if (!options.speak) continue;
    await parts.push({ type: 'clause', ...clause }, signal);
    try {
      const spoken = { text: clause.text, style: clause.style, voice: options.voice, language: options.request.locale };
      for await (const samples of tts.synthesise(spoken, { signal })) {
        await parts.push({ type: 'audio', samples, sampleRateHz: tts.sampleRateHz }, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (isCancelled(error)) throw error;
      await parts.push({ type: 'degraded', component: 'tts', error: toAttuneError(error, 'SYNTHESIS_FAILED') }, signal);
    }
  }
}
