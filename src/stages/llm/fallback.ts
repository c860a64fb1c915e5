/**
 * What the caller hears when the responder fails before it said anything: one sentence per language.
 */

import { phraseIn, type Phrase } from '../../core/phrase.js';

const phrase: Phrase = {
  english: 'Sorry, I cannot think of an answer right now. Please say that again in a moment.',
  byLanguage: {
    de: 'Entschuldigung, ich kann gerade nicht antworten. Bitte sagen Sie das gleich noch einmal.',
    es: 'Perdone, ahora mismo no puedo responder. Por favor, dígalo otra vez dentro de un momento.',
    zh: '抱歉，我现在无法回答。请稍后再说一遍。',
    ja: '申し訳ありません、ただいまお答えできません。少ししてからもう一度お話しください。',
  },
};

/** The sentence in the locale's language (BCP 47), English when there is none. */
export function fallbackSentence(locale: string): string {
  return phraseIn(phrase, locale);
}
