/**
 * How an assistant ends a call by itself: a tool that a language model may call, and what is said when it said nothing.
 */
import type { ToolDefinition } from '../stages/llm/responder.js';
import { phraseIn, type Phrase } from '../core/phrase.js';

/** The name is Hume's, whose clients know it. */
export const hangUpTool: ToolDefinition = {
  name: 'hang_up',
  description: 'Hang up: end the call once the caller has said goodbye or has nothing more to ask.',
  parameters: { type: 'object', properties: {} },
};

const phrase: Phrase = {
  english: 'Thank you for calling. Goodbye.',
  byLanguage: {
    de: 'Vielen Dank für Ihren Anruf. Auf Wiederhören.',
    es: 'Gracias por llamar. Adiós.',
    zh: '感谢您的来电，再见。',
    ja: 'お電話ありがとうございました。失礼いたします。',
  },
};

/** @param locale BCP 47. */
export function farewell(locale: string): string {
  return phraseIn(phrase, locale);
}
