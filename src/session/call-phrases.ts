/**
 * What a call says by itself when the caller is silent or is put through to a person; English where a language is missing.
 */

import { phraseIn, type Phrase } from '../core/phrase.js';

const silencePhrases: Phrase = {
  english: 'Are you still there?',
  byLanguage: {
    de: 'Sind Sie noch da?',
    es: '¿Sigue usted ahí?',
    zh: '请问您还在吗？',
    ja: 'もしもし、聞こえていますか。',
  },
};

const handoverPhrases: Phrase = {
  english: 'I am putting you through to a person now. One moment, please.',
  byLanguage: {
    de: 'Ich verbinde Sie jetzt mit einem Menschen. Einen Moment, bitte.',
    es: 'Le paso ahora con una persona. Un momento, por favor.',
    zh: '现在为您转接人工客服，请稍等。',
    ja: 'ただいま担当者におつなぎします。少々お待ちください。',
  },
};

/** @param locale BCP 47. */
export function silencePrompt(locale: string): string {
  return phraseIn(silencePhrases, locale);
}

/** @param locale BCP 47. */
export function handover(locale: string): string {
  return phraseIn(handoverPhrases, locale);
}
