/**
 * The few sentences a call says by itself, by language; English where a language is missing.
 */

interface StockSentences {
  /** Speech was heard but no words were recognised. */
  readonly clarification: string;
  /** The responder failed: never silence. */
  readonly fallback: string;
}

const english: StockSentences = {
  clarification: 'Sorry, I did not catch that. Could you say it again?',
  fallback: 'I am sorry, I cannot answer right now. Please try again in a moment.',
};

const byLanguage: Readonly<Record<string, StockSentences>> = {
  en: english,
  de: {
    clarification: 'Das habe ich leider nicht verstanden. Können Sie es bitte wiederholen?',
    fallback: 'Es tut mir leid, ich kann gerade nicht antworten. Bitte versuchen Sie es gleich noch einmal.',
  },
  es: {
    clarification: 'Perdone, no le he entendido. ¿Puede repetirlo?',
    fallback: 'Lo siento, ahora mismo no puedo responder. Inténtelo de nuevo en un momento.',
  },
  zh: { clarification: '抱歉，我没有听清楚。请再说一遍好吗？', fallback: '抱歉，我现在无法回答。请稍后再试。' },
  ja: { clarification: 'すみません、聞き取れませんでした。もう一度お願いします。', fallback: '申し訳ありません。ただいまお答えできません。少し後でもう一度お試しください。' },
};

function sentencesOf(locale: string): StockSentences {
  return byLanguage[locale.toLowerCase().split('-')[0] ?? 'en'] ?? english;
}

export function clarification(locale: string): string {
  return sentencesOf(locale).clarification;
}

export function fallbackSentence(locale: string): string {
  return sentencesOf(locale).fallback;
}
