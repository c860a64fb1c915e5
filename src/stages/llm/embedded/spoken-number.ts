/**
 * Numbers as they are said: `twenty five`, `two hundred and six`, `one point five`, `four five double two`.
 *
 * Pure. Two readings of the same words: a quantity, where the words add up, and a digit string, where each is written
 * down, as in order numbers. Digits that a recogniser already wrote as such are understood too.
 */

const units: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
};
const tens: Readonly<Record<string, number>> = {
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const scales: Readonly<Record<string, number>> = { thousand: 1_000, million: 1_000_000, billion: 1_000_000_000 };
const repeats: Readonly<Record<string, number>> = { double: 2, triple: 3 };

export interface NumberInWords {
  readonly value: number;
  /** Index of the first word and of the word after the last one. */
  readonly start: number;
  readonly end: number;
}

/** Every quantity in the words, left to right. */
export function quantitiesIn(words: readonly string[]): NumberInWords[] {
  const found: NumberInWords[] = [];
  for (let at = 0; at < words.length;) {
    const number = quantityAt(words, at);
    if (number) found.push(number);
    at = number?.end ?? at + 1;
  }
  return found;
}

/** The longest run of digits said one by one or in small groups, `4522` for `four five double two`; '' when none. */
export function digitsIn(words: readonly string[]): string {
  let longest = '';
  let run = '';
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const next = words[at + 1] ?? '';
    const count = repeats[word];
    const digits = digitsOf(word, run !== '' || digitsOf(next, true) !== undefined);
    if (count !== undefined && digitsOf(next, true)?.length === 1) {
      run += digitsOf(next, true)!.repeat(count);
      at += 1;
    } else if (word in tens && next in units && units[next]! > 0 && units[next]! < 10) {
      run += String(tens[word]! + units[next]!);
      at += 1;
    } else if (digits !== undefined) {
      run += digits;
    } else if (!(run !== '' && (word === 'and' || word === 'dash'))) {
      run = '';
    }
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

/** Digits apart, so that a voice reads them one by one. */
export function spacedOut(text: string): string {
  return [...text.replace(/\s+/g, '')].join(' ');
}

function digitsOf(word: string, amongDigits: boolean): string | undefined {
  if (/^\d+$/.test(word)) return word;
  if (word === 'oh' || word === 'o') return amongDigits ? '0' : undefined;
  const value = units[word] ?? tens[word];
  return value === undefined ? undefined : String(value);
}

function quantityAt(words: readonly string[], start: number): NumberInWords | undefined {
  const negative = words[start] === 'minus' || words[start] === 'negative';
  let at = negative ? start + 1 : start;
  const first = words[at] ?? '';
  if (/^\d+(?:\.\d+)?$/.test(first)) {
    const written = Number(first) * (scales[words[at + 1] ?? ''] ?? 1);
    return {
      value: negative ? -written : written,
      start,
      end: words[at + 1] !== undefined && words[at + 1]! in scales ? at + 2 : at + 1,
    };
  }
  let total = 0;
  let group = 0;
  let lastPart = Infinity;
  let any = false;
  for (; at < words.length; at += 1) {
    const word = words[at]!;
    const part = units[word] ?? tens[word];
    if (part !== undefined && (part < lastPart || group === 0) && (lastPart >= 20 || !any)) {
      group += part;
      lastPart = part;
      any = true;
    } else if (word === 'hundred' && (any || first === 'hundred')) {
      group = Math.max(group, 1) * 100;
      lastPart = 100;
      any = true;
    } else if (word in scales && any) {
      total += Math.max(group, 1) * scales[word]!;
      group = 0;
      lastPart = Infinity;
    } else if (!(
      word === 'and' &&
      any &&
      lastPart >= 100 &&
      ((words[at + 1] ?? '') in units || (words[at + 1] ?? '') in tens)
    )) {
      break;
    }
  }
  if (!any) return undefined;
  let value = total + group;
  if (words[at] === 'point') {
    const decimals = decimalsFrom(words, at + 1);
    if (decimals !== '') {
      value = Number(`${value}.${decimals}`);
      at += 1 + decimals.length;
    }
  }
  return { value: negative ? -value : value, start, end: at };
}

function decimalsFrom(words: readonly string[], start: number): string {
  let decimals = '';
  for (let at = start; at < words.length; at += 1) {
    const digit = words[at] === 'oh' ? 0 : units[words[at]!];
    if (digit === undefined || digit > 9) break;
    decimals += String(digit);
  }
  return decimals;
}
