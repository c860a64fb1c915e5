/**
 * English numbers as the words people say for them: cardinals, ordinals, years and digits one by one.
 *
 * American counting without "and" (one hundred five). Pure; knows nothing of the text around a number.
 */

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const scales = ['', 'thousand', 'million', 'billion', 'trillion'];
const irregularOrdinals: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

/** Most digits that `cardinalWords` reads as one number. */
export const longestCardinalDigits = 3 * scales.length;

/** `2005` → `two thousand five`. @param digits decimal digits, at most `longestCardinalDigits` */
export function cardinalWords(digits: string): string {
  const groups = digits.replace(/\B(?=(\d{3})+$)/gu, ' ').split(' ');
  const words = groups.flatMap((group, index) => {
    const value = Number(group);
    return value === 0 ? [] : [belowThousand(value), scales[groups.length - 1 - index] ?? ''];
  });
  return words.filter((word) => word !== '').join(' ') || 'zero';
}

/** `21` → `twenty first`. */
export function ordinalWords(digits: string): string {
  return onLastWord(cardinalWords(digits), (last) => {
    const irregular = irregularOrdinals[last];
    if (irregular !== undefined) return irregular;
    return last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`;
  });
}

/** `eighty` → `eighties`, as in decades. */
export function pluralOf(words: string): string {
  return onLastWord(words, (last) =>
    last.endsWith('y') ? `${last.slice(0, -1)}ies` : /(?:x|s)$/u.test(last) ? `${last}es` : `${last}s`,
  );
}

/** A year of four digits in two halves: `1903` → `nineteen oh three`, `1900` → `nineteen hundred`, `2005` → `two thousand five`. */
export function yearWords(digits: string): string {
  const century = digits.slice(0, 2);
  const rest = digits.slice(2);
  if (century.endsWith('0') && rest.startsWith('0')) return cardinalWords(digits);
  if (rest === '00') return `${cardinalWords(century)} hundred`;
  return `${cardinalWords(century)} ${rest.startsWith('0') ? 'oh ' : ''}${cardinalWords(rest)}`;
}

/** `007` → `zero zero seven`. */
export function digitWords(digits: string): string {
  return [...digits].map((digit) => small[Number(digit)]).join(' ');
}

function belowThousand(value: number): string {
  if (value < small.length) return small[value] ?? '';
  if (value < 100) return [tens[Math.floor(value / 10)], value % 10 === 0 ? '' : small[value % 10]].join(' ').trim();
  const rest = value % 100;
  return `${small[Math.floor(value / 100)] ?? ''} hundred${rest === 0 ? '' : ` ${belowThousand(rest)}`}`;
}

function onLastWord(words: string, change: (last: string) => string): string {
  const at = words.lastIndexOf(' ') + 1;
  return words.slice(0, at) + change(words.slice(at));
}
