/**
 * What a call says by itself when speech was heard but no words were recognised; English where a language is missing.
 */

import { phraseIn, type Phrase } from '../core/phrase.js';

const phrase: Phrase = {
  english: 'Sorry, I did not catch that. Could you say it again?',
  byLanguage: {
    de: 'Das habe ich leider nicht verstanden. Können Sie es bitte wiederholen?',
    es: 'Perdone, no le he entendido. ¿Puede repetirlo?',
    zh: '抱歉，我没有听清楚。请再说一遍好吗？',
    ja: 'すみません、聞き取れませんでした。もう一度お願いします。',
  },
};

/** @param locale BCP 47. */
export function clarification(locale: string): string {
  return phraseIn(phrase, locale);
}
