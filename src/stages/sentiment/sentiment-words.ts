/**
 * An utterance as words with their token ids.
 *
 * The tokenizer never joins across white space, so the ids of a text are the ids of its words one after the other, and a
 * text without a word needs no second pass through it.
 */
import type { SubwordTokenizer } from './subword-tokenizer.js';

export interface SentimentWord {
  readonly text: string;
  /** UTF-16 offset in the utterance. */
  readonly startChar: number;
  readonly tokenIds: readonly number[];
}

/** Id of the tokenizer's `[UNK]`. */
export const unknownTokenId = 1;

const han = /\p{Script=Han}/u;
const chineseWords = new Intl.Segmenter('zh', { granularity: 'word' });

/**
 * Splits at white space, and where Chinese words end: the tokenizer takes Han characters one by one, so that changes no
 * id. Words without tokens (control characters alone) are left out.
 */
export function sentimentWords(text: string, tokenizer: SubwordTokenizer): readonly SentimentWord[] {
  return Array.from(text.matchAll(/\S+/gu))
    .flatMap((match) =>
      han.test(match[0])
        ? Array.from(chineseWords.segment(match[0]), ({ segment, index }) => ({
            text: segment,
            startChar: match.index + index,
          }))
        : [{ text: match[0], startChar: match.index }],
    )
    .map((word) => ({ ...word, tokenIds: tokenizer.encode(word.text).ids }))
    .filter((word) => word.tokenIds.length > 0);
}

/** The last words that fit into `tokenCount` tokens; a single longer word is cut. */
export function lastWordsWithin(words: readonly SentimentWord[], tokenCount: number): readonly SentimentWord[] {
  let remaining = tokenCount;
  let first = words.length;
  for (const word of words.toReversed()) {
    if (word.tokenIds.length > remaining) break;
    remaining -= word.tokenIds.length;
    first -= 1;
  }
  const last = words.at(-1);
  if (first === words.length && last !== undefined) return [{ ...last, tokenIds: last.tokenIds.slice(0, tokenCount) }];
  return words.slice(first);
}
