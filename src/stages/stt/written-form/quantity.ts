/**
 * How much: a cardinal with sign, decimals and a round scale, and its digits with commas.
 */
import { amountAt, digitValues, isMultiplier, isNumberWord } from './number-words.js';
import { isZeroLetter } from './number-run.js';

export interface Quantity {
  /** `-5`, `1,200`, `3.14`, `2.5 million`. */
  readonly text: string;
  readonly value: number;
  readonly end: number;
  /** False when decimals, a sign or a round scale were said: then it is written in digits whatever its size. */
  readonly isPlain: boolean;
}

const roundScale = /^(?:million|billion)$/u;

/**
 * The quantity that begins at `at`: `two hundred and four`, `minus three point five`, `two point five million`. Undefined
 * when another number follows at once, for then the words mean something else.
 */
export function quantityAt(words: readonly string[], at: number): Quantity | undefined {
  const isNegative = words[at] === 'minus' || words[at] === 'negative';
  const start = isNegative ? at + 1 : at;
  const whole = amountAt(words, start);
  if (!whole) return undefined;
  const sign = isNegative ? '-' : '';
  const decimals = words[whole.end] === 'point' ? decimalsAt(words, whole.end + 1) : undefined;
  if (decimals) {
    const scale = words[decimals.end];
    const text = `${sign}${withCommas(whole.value)}.${decimals.digits}`;
    if (scale !== undefined && isMultiplier(scale) && scale !== 'hundred') {
      return { text: `${text} ${scale}`, value: Number.NaN, end: decimals.end + 1, isPlain: false };
    }
    if (isNumberWord(scale) || words[decimals.end] === 'point') return undefined;
    return { text, value: Number(`${whole.value}.${decimals.digits}`), end: decimals.end, isPlain: false };
  }
  if (isNumberWord(words[whole.end])) return undefined;
  const scale = words[whole.end - 1]!;
  const isRound = roundScale.test(scale) && whole.end - start <= 5 && !isNumberWord(words[whole.end]);
  const unit = scale === 'million' ? 1e6 : 1e9;
  const text =
    isRound && whole.value % unit === 0 ? `${withCommas(whole.value / unit)} ${scale}` : withCommas(whole.value);
  const isPlain = !isNegative && !(isRound && whole.value % unit === 0);
  return { text: sign + text, value: isNegative ? -whole.value : whole.value, end: whole.end, isPlain };
}

/** Thousands apart: 1,200,000. */
export function withCommas(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/gu, ',');
}

/** Digits after `point`, one by one or as one number of two digits. */
export function decimalsAt(
  words: readonly string[],
  at: number,
): { readonly digits: string; readonly end: number } | undefined {
  const maxDecimals = 12;
  let digits = '';
  let end = at;
  for (; digits.length < maxDecimals; end += 1) {
    const word = words[end];
    const digit = isZeroLetter(word) ? 0 : digitValues.get(word ?? '');
    if (digit === undefined) break;
    digits += String(digit);
  }
  if (digits !== '') return { digits, end };
  const read = amountAt(words, at);
  return read && read.value >= 10 && read.value <= 99 ? { digits: String(read.value), end: read.end } : undefined;
}
