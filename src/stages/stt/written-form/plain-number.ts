/**
 * Numbers in running text: digits from ten up, words below; ordinals from 10th up; decimals; sums.
 *
 * Numbers side by side that no other rule understood stay words, all of them.
 */
import { digitValues, isMultiplier, isNumberWord, ordinalAt, ordinalText } from './number-words.js';
import { numberRunAt } from './number-run.js';
import { decimalsAt, quantityAt, withCommas, type Quantity } from './quantity.js';
import type { Rewrite } from './written-span.js';

const leastInDigits = 10;
const signs: ReadonlyMap<string, string> = new Map([
  ['plus', '+'],
  ['minus', '-'],
]);

/** An ordinal that begins at `at`; below 10th it stays a word. */
export function ordinalRewriteAt(words: readonly string[], at: number): Rewrite | undefined {
  const read = ordinalAt(words, at);
  if (!read || (read.end === at + 1 && read.value < leastInDigits)) return undefined;
  const before = words[at - 1] ?? '';
  const tens =
    read.end === at + 2 ? digitValues.get(words[at] ?? '') === undefined && words[at + 1] === 'second' : false;
  // `a thirty second break` lasts thirty seconds.
  if (tens && before === 'a') return { end: read.end, text: `${read.value - 2} second` };
  return read.value >= leastInDigits ? { end: read.end, text: ordinalText(read.value) } : undefined;
}

/** A number in running text. */
export function plainNumberAt(words: readonly string[], at: number): Rewrite | undefined {
  const sum = sumAt(words, at);
  if (sum) return sum;
  const version = versionAt(words, at);
  if (version) return version;
  const before = words[at - 1] ?? '';
  if (words[at] === 'a' || ((words[at] === 'minus' || words[at] === 'negative') && isNumberWord(before)))
    return undefined;
  const quantity = quantityAt(words, at);
  const run = numberRunAt(words, at);
  if (quantity && (!run || run.chunks.length === 1 || !quantity.isPlain)) {
    const hasHalf = words.slice(quantity.end, quantity.end + 3).join(' ') === 'and a half';
    if (hasHalf || isScore(words, quantity) || (quantity.isPlain && quantity.value < leastInDigits))
      return { end: quantity.end, text: null };
    return {
      end: quantity.end,
      text: isBareYear(quantity.value, words, quantity.end) ? String(quantity.value) : quantity.text,
    };
  }
  return run && { end: run.end, text: null };
}

/** `a hundred and fifty`, `a thousand two hundred`; `a hundred` alone is a manner of speaking. */
export function articleNumberAt(words: readonly string[], at: number): Rewrite | undefined {
  if (words[at] !== 'a' || !isMultiplier(words[at + 1])) return undefined;
  const quantity = quantityAt(words, at);
  return quantity && quantity.end > at + 2 ? { end: quantity.end, text: withCommas(quantity.value) } : undefined;
}

/** `two plus two`, `ten minus five`: digits on both sides. */
function sumAt(words: readonly string[], at: number): Rewrite | undefined {
  const maxTerms = 8;
  let part = quantityAt(words, at);
  if (!part || words[at] === 'a') return undefined;
  let { text, end } = part;
  let count = 1;
  for (; count < maxTerms; count += 1) {
    const sign = signs.get(words[end] ?? '');
    part =
      sign === undefined || words[end + 1] === 'a' || signs.has(words[end + 1] ?? '')
        ? undefined
        : quantityAt(words, end + 1);
    if (!part || !isNumberWord(words[end + 1])) break;
    text += ` ${sign} ${part.text}`;
    end = part.end;
  }
  return count > 1 ? { end, text } : undefined;
}

/** `three point one point two` → 3.1.2. */
function versionAt(words: readonly string[], at: number): Rewrite | undefined {
  const first = numberRunAt(words, at);
  if (first?.chunks.length !== 1 || words[first.end] !== 'point') return undefined;
  const second = decimalsAt(words, first.end + 1);
  if (!second || words[second.end] !== 'point') return undefined;
  const third = decimalsAt(words, second.end + 1);
  return third && { end: third.end, text: `${first.chunks[0]!.digits}.${second.digits}.${third.digits}` };
}

/** `twenty to six`, `ten to five`: a time or a score that nothing decides. */
function isScore(words: readonly string[], { value, end }: Quantity): boolean {
  const other = words[end] === 'to' ? quantityAt(words, end + 1) : undefined;
  return other !== undefined && other.isPlain && other.value < leastInDigits && value < 30;
}

/** 2001 to 2099 said plainly is a year rather than a count, unless what could be counted follows. */
function isBareYear(value: number, words: readonly string[], end: number): boolean {
  return value > 2000 && value < 2100 && !/s$|^(?:people|children|men|women)$/u.test(words[end] ?? '');
}
