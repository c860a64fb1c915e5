/**
 * What the caller hears when the responder fails before it said anything.
 *
 * Owns the sentences, one per language, and when they are spoken. A failure after the first token is not covered: half a
 * sentence is better ended by the session than continued with an apology that fits nothing.
 */
import { isCancelled, toAttuneError, type AttuneError } from '../../core/errors.js';
import type { Responder, ResponderEvent, ResponderRequest } from './responder.js';

const sentences: Readonly<Record<string, string>> = {
  en: 'Sorry, I cannot think of an answer right now. Please say that again in a moment.',
  de: 'Entschuldigung, ich kann gerade nicht antworten. Bitte sagen Sie das gleich noch einmal.',
  es: 'Perdone, ahora mismo no puedo responder. Por favor, dígalo otra vez dentro de un momento.',
  zh: '抱歉，我现在无法回答。请稍后再说一遍。',
  ja: '申し訳ありません、ただいまお答えできません。少ししてからもう一度お話しください。',
};

/** The sentence in the locale's language (BCP 47), English when there is none. */
export function fallbackSentence(locale: string): string {
  return sentences[locale.toLowerCase().split('-')[0] ?? ''] ?? sentences['en']!;
}

export interface FallbackOptions {
  readonly signal: AbortSignal;
  /** Told once why the fallback is spoken, before its text is yielded. */
  readonly onFailure: (error: AttuneError) => void;
}

/**
 * The responder's answer, or the fallback sentence when it fails before its first text or tool call. Throws what the
 * responder throws when it was cancelled or had begun.
 */
export async function* respondOrApologise(
  responder: Responder,
  request: ResponderRequest,
  { signal, onFailure }: FallbackOptions,
): AsyncGenerator<ResponderEvent> {
  let begun = false;
  try {
    for await (const event of responder.respond(request, { signal })) {
      begun ||= event.type !== 'intent';
      yield event;
    }
    return;
  } catch (error) {
    if (begun || signal.aborted || isCancelled(error)) throw error;
    onFailure(toAttuneError(error, 'RESPONDER_FAILED'));
  }
  yield { type: 'intent', intent: 'apologise' };
  yield { type: 'text', delta: fallbackSentence(request.locale) };
  yield { type: 'ended', reason: 'completed', usage: null };
}
