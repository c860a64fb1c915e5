/**
 * English number words and the grammar of cardinals and ordinals.
 *
 * Strict: it reads the longest run of words that is one number and stops there, so `twenty twenty` is 20 and more follows.
 */

/** Digits, with both ways to say zero that need company to be digits. */
export const digitValues: ReadonlyMap<string, number> = numbered(
  'zero one two three four five six seven eight nine',
  0,
  1,
);
const teens = numbered('ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen', 10, 1);
const tens = numbered('twenty thirty forty fifty sixty seventy eighty ninety', 20, 10);
const scales: ReadonlyMap<string, number> = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);
const irregularOrdinals: ReadonlyMap<string, string> = new Map([
  ['first', 'one'],
  ['second', 'two'],
  ['third', 'three'],
  ['fifth', 'five'],
  ['eighth', 'eight'],
  ['ninth', 'nine'],
  ['twelfth', 'twelve'],
]);

export interface NumberRead {
  readonly value: number;
  /** Index after its last word. */
  readonly end: number;
}

/** True for a word that begins or continues a number by itself. */
export function isNumberWord(word: string | undefined): boolean {
  return word !== undefined && (digitValues.has(word) || teens.has(word) || tens.has(word));
}

/** True for `hundred`, `thousand`, `million`, `billion`. */
export function isMultiplier(word: string | undefined): boolean {
  return word === 'hundred' || (word !== undefined && scales.has(word));
}

/** The cardinal that begins at `at`: `two hundred and four`, `twelve hundred`, `one million two hundred thousand`. */
export function cardinalAt(words: readonly string[], at: number): NumberRead | undefined {
  if (words[at] === 'zero') return { value: 0, end: at + 1 };
  let total = 0;
  let lastScale = Infinity;
  let end = at;
  for (;;) {
    const joined = total > 0 && words[end] === 'and' ? end + 1 : end;
    const group = groupAt(words, joined, lastScale === Infinity);
    if (!group) break;
    const scale = scales.get(words[group.end] ?? '');
    if (scale === undefined) {
      // What follows a scale adds to it only when it is smaller: `thousand twelve hundred` is two numbers.
      if (total > 0 && (words[group.end] === 'hundred' || (joined > end && group.value >= 100))) break;
      return { value: total + group.value, end: group.end };
    }
    if (scale >= lastScale || (joined > end && total > 0)) break;
    total += group.value * scale;
    lastScale = scale;
    end = group.end + 1;
  }
  return total === 0 ? undefined : { value: total, end };
}

/** As `cardinalAt`, with `a hundred` and `a thousand` too. */
export function amountAt(words: readonly string[], at: number): NumberRead | undefined {
  if (words[at] !== 'a' || !isMultiplier(words[at + 1])) return cardinalAt(words, at);
  const longestCardinal = 24;
  const read = cardinalAt(['one', ...words.slice(at + 1, at + longestCardinal)], 0);
  return read && { value: read.value, end: read.end + at };
}

/** The ordinal that begins at `at`: `third`, `twenty third`, `one hundred and first`. */
export function ordinalAt(words: readonly string[], at: number): NumberRead | undefined {
  const longestOrdinal = 8;
  for (let last = at; last < at + longestOrdinal; last += 1) {
    const word = words[last];
    if (word === undefined) return undefined;
    const cardinal = cardinalWordOf(word);
    if (cardinal !== undefined) {
      const read = cardinalAt([...words.slice(at, last), cardinal], 0);
      return read?.end === last - at + 1 ? { value: read.value, end: last + 1 } : undefined;
    }
    if (!isNumberWord(word) && !isMultiplier(word) && word !== 'and') return undefined;
  }
  return undefined;
}

/** 21 as `21st`. */
export function ordinalText(value: number): string {
  const twoDigits = value % 100;
  const ending = twoDigits >= 11 && twoDigits <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

/** 1–99 at `at`. */
export function belowHundredAt(words: readonly string[], at: number): NumberRead | undefined {
  const word = words[at] ?? '';
  const ten = tens.get(word);
  if (ten !== undefined) {
    const unit = digitValues.get(words[at + 1] ?? '') ?? 0;
    return unit > 0 ? { value: ten + unit, end: at + 2 } : { value: ten, end: at + 1 };
  }
  const value = teens.get(word) ?? digitValues.get(word);
  return value === undefined || value === 0 ? undefined : { value, end: at + 1 };
}

/** 1–999, and in front of everything else `twelve hundred` up to `ninety nine hundred`. */
function groupAt(words: readonly string[], at: number, isFirst: boolean): NumberRead | undefined {
  const head = belowHundredAt(words, at);
  if (!head || words[head.end] !== 'hundred') return head;
  if (head.value > 9 && (!isFirst || head.value % 10 === 0)) return head;
  const hundreds = { value: head.value * 100, end: head.end + 1 };
  const rest = belowHundredAt(words, words[hundreds.end] === 'and' ? hundreds.end + 1 : hundreds.end);
  if (!rest || words[rest.end] === 'hundred') return hundreds;
  return { value: hundreds.value + rest.value, end: rest.end };
}

function cardinalWordOf(ordinal: string): string | undefined {
  const irregular = irregularOrdinals.get(ordinal);
  if (irregular !== undefined) return irregular;
  const stem = ordinal.endsWith('ieth')
    ? `${ordinal.slice(0, -4)}y`
    : ordinal.endsWith('th')
      ? ordinal.slice(0, -2)
      : '';
  return isNumberWord(stem) || isMultiplier(stem) ? stem : undefined;
}

function numbered(text: string, first: number, step: number): ReadonlyMap<string, number> {
  return new Map(text.split(' ').map((word, index) => [word, first + index * step]));
}
