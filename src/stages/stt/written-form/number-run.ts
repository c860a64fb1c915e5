/**
 * Number words that follow one another, cut into the numbers they were said as: `nineteen eighty four` is 19 and 84,
 * `four oh double seven` is 4, 0 and 77.
 *
 * What they mean together (a year, a time, digits of a code) is for the rules that ask.
 */
import { cardinalAt, digitValues, isNumberWord } from './number-words.js';

export interface NumberChunk {
  /** As it is written when the chunks are put together, without commas. */
  readonly digits: string;
  readonly value: number;
  /** `digit` one word 0–9, `oh` a zero said as a letter, `repeat` double and triple, `two` 10–99, `big` above. */
  readonly kind: 'digit' | 'oh' | 'repeat' | 'two' | 'big';
  readonly end: number;
}

export interface NumberRun {
  readonly chunks: readonly NumberChunk[];
  readonly end: number;
}

/** A longer run is cut, which bounds the work per word. */
const maxChunks = 32;
const repeats: ReadonlyMap<string, number> = new Map([
  ['double', 2],
  ['triple', 3],
]);

/** All number words from `at` on; undefined when there is none. */
export function numberRunAt(words: readonly string[], at: number): NumberRun | undefined {
  const chunks: NumberChunk[] = [];
  let end = at;
  while (chunks.length < maxChunks) {
    const chunk = chunkAt(words, end, chunks.length > 0);
    if (!chunk) break;
    chunks.push(chunk);
    end = chunk.end;
  }
  // `five oh` is rather the beginning of `oh dear`.
  while (chunks.at(-1)?.kind === 'oh' && chunks.length < 4) chunks.pop();
  const last = chunks.at(-1);
  return last && { chunks, end: last.end };
}

/** True for the word that a digit may be said as. */
export function isZeroLetter(word: string | undefined): boolean {
  return word === 'oh' || word === 'o';
}

function chunkAt(words: readonly string[], at: number, isInside: boolean): NumberChunk | undefined {
  const word = words[at] ?? '';
  const next = words[at + 1];
  const count = repeats.get(word);
  if (count !== undefined) {
    const digit = isZeroLetter(next) ? 0 : digitValues.get(next ?? '');
    if (digit === undefined) return undefined;
    const digits = String(digit).repeat(count);
    return { digits, value: Number(digits), kind: 'repeat', end: at + 2 };
  }
  if (isZeroLetter(word)) {
    const belongs =
      next !== 'clock' && (isInside || isNumberWord(next) || isZeroLetter(next) || repeats.has(next ?? ''));
    return belongs ? { digits: '0', value: 0, kind: 'oh', end: at + 1 } : undefined;
  }
  const read = cardinalAt(words, at);
  if (!read) return undefined;
  const kind = read.value < 10 ? 'digit' : read.value < 100 ? 'two' : 'big';
  return { digits: String(read.value), value: read.value, kind, end: read.end };
}
