/**
 * The spelling of foreign recognisers brought to the contract's: plain words on the way, a readable sentence at the end.
 *
 * Some engines write "HELLO WORLD", some "hello world", some "Hello, world."; what has capitals or punctuation of its own
 * is kept as it is. Pure.
 */
import { primaryLanguage } from '../../../core/language-tag.js';
import type { SttWord } from '../stt.js';

/** Punctuation and symbols around a word, except the signs that belong to it, as in `'em`, `C#` or `5%`. */
const edges = /^[\s\p{Pd}\p{Ps}\p{Pi}"“”„«»¿¡.,;:!?…]+|[\s\p{Pd}\p{Pe}\p{Pf}"“”„«».,;:!?…。、！？]+$/gu;

/** Lower case, without punctuation around the words; words that were punctuation alone are left out. */
export function plainWords(words: readonly SttWord[]): readonly SttWord[] {
  return words.flatMap((word) => {
    const text = word.text.replace(edges, '').toLowerCase();
    return text === '' ? [] : [{ ...word, text }];
  });
}

/**
 * The engine's own text when it is written for readers, else the plain words with a capital and a full stop; undefined for
 * plain words of English, or of no stated language, which a transcript writer does better.
 */
export function readableText(
  text: string,
  words: readonly SttWord[],
  language: string | undefined,
): string | undefined {
  const own = text.trim().replace(/\s+/gu, ' ');
  if (isWrittenForReaders(own)) return own;
  if (language === undefined || primaryLanguage(language) === 'en') return undefined;
  const joined = words.map((word) => word.text).join(' ');
  const endsInLetters = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]$/u.test(joined);
  return joined.charAt(0).toUpperCase() + joined.slice(1) + (endsInLetters ? '.' : '');
}

/** Both cases, or punctuation at an end of a clause. */
function isWrittenForReaders(text: string): boolean {
  return (/\p{Lu}/u.test(text) && /\p{Ll}/u.test(text)) || /[.,;:!?。、！？](\s|$)/u.test(text);
}

/** Words of a text without times: spread over the audio by their length. */
export function spreadWords(
  text: string,
  { durationMs, confidence }: { readonly durationMs: number; readonly confidence: number },
): readonly SttWord[] {
  const parts = text.split(/\s+/u).filter((part) => part !== '');
  const letters = parts.reduce((count, part) => count + part.length, 0);
  let before = 0;
  return parts.map((part) => {
    const startMs = (durationMs * before) / letters;
    before += part.length;
    return { text: part, startMs, endMs: (durationMs * before) / letters, confidence };
  });
}

/**
 * Confidence of words whose engine gives none. A guess between sure and unsure, so that fusion neither trusts nor
 * distrusts them; not a measurement.
 */
export const assumedConfidence = 0.85;
