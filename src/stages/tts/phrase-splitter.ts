/**
 * Cuts a clause into phrases that can be spoken one after another.
 *
 * The first is short, because nothing is heard before it is synthesised as a whole; later ones are longer, because they
 * are made while the first one plays. Cuts fall on punctuation if there is any, then before words that begin a phrase.
 */

export interface Phrase {
  readonly text: string;
  /** Pause after it at neutral style, in ms. */
  readonly pauseMs: number;
}

export interface PhraseLimits {
  readonly firstWordCount: number;
  readonly laterWordCount: number;
}

/** Eight words take a core about 80 ms; fourteen are spoken in about five seconds. */
export const defaultPhraseLimits: PhraseLimits = { firstWordCount: 8, laterWordCount: 14 };

/** Pauses at neutral style; between sentences people pause for 0.4 to 0.6 s, between clauses for half of that. */
const sentencePauseMs = 420;
const colonPauseMs = 260;
const commaPauseMs = 160;
const joinPauseMs = 20;

const smallestPhraseWordCount = 3;
const longestWordLength = 40;
const clauseOpeners = new Set([
  'and',
  'but',
  'or',
  'because',
  'so',
  'if',
  'when',
  'while',
  'which',
  'who',
  'that',
  'unless',
  'until',
  'although',
  'then',
]);
const phraseOpeners = new Set([
  'to',
  'for',
  'with',
  'from',
  'on',
  'at',
  'in',
  'by',
  'about',
  'before',
  'after',
  'into',
  'through',
  'of',
]);

/** The phrases of one clause in order; none when it has no words. Their texts joined by spaces are the clause's words. */
export function splitPhrases(text: string, limits: PhraseLimits = defaultPhraseLimits): readonly Phrase[] {
  let words = text
    .split(/\s+/)
    .filter((word) => word.length > 0)
    .flatMap(breakLongWord);
  const phrases: Phrase[] = [];
  while (words.length > 0) {
    const limit = phrases.length === 0 ? limits.firstWordCount : limits.laterWordCount;
    const count = words.length <= limit ? words.length : bestCut(words, limit);
    const phraseText = words.slice(0, count).join(' ');
    words = words.slice(count);
    phrases.push({ text: phraseText, pauseMs: pauseAfter(phraseText, words.length === 0) });
  }
  return phrases;
}

/** How many words, up to `limit`, the next phrase takes. */
function bestCut(words: readonly string[], limit: number): number {
  let best = limit;
  let bestScore = 0;
  for (let count = Math.min(smallestPhraseWordCount, limit); count <= limit; count += 1) {
    if (words.length - count < 2) break;
    const score = cutScore(words[count - 1]!, words[count]!);
    if (score > 0 && score >= bestScore) {
      best = count;
      bestScore = score;
    }
  }
  return best;
}

function cutScore(before: string, after: string): number {
  if (/[,;:.!?)]["')]*$/.test(before)) return 3;
  const opener = after.toLowerCase();
  if (clauseOpeners.has(opener)) return 2;
  return phraseOpeners.has(opener) ? 1 : 0;
}

function pauseAfter(text: string, isLast: boolean): number {
  if (/[.!?]["')]*$/.test(text)) return sentencePauseMs;
  if (/[;:]["')]*$/.test(text)) return colonPauseMs;
  if (/,["')]*$/.test(text)) return commaPauseMs;
  return isLast ? commaPauseMs : joinPauseMs;
}

/** A run of letters without end would keep the synthesiser busy for as long as it likes. */
function breakLongWord(word: string): readonly string[] {
  return word.length <= longestWordLength ? [word] : (word.match(new RegExp(`.{1,${longestWordLength}}`, 'gu')) ?? []);
}
