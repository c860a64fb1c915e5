/**
 * Days of a month: `march fifth` → March 5th, `the third of may twenty twenty six` → the 3rd of May 2026.
 *
 * The order and the ordinal stay as they were said. `may`, `march` and `august` are months only in the company of a day, a
 * year or a word like `in`.
 */
import { isMonth, monthName } from './months.js';
import { cardinalAt, isNumberWord, ordinalAt, ordinalText } from './number-words.js';
import { wordSet, type Rewrite } from './written-span.js';
import { yearAt } from './year.js';

const doubtful = wordSet('may march');
const beforeDates = wordSet(
  'on of by until till from before after since for to through and next last this in between is was or around about the early late mid',
);
const beforeDoubtful = wordSet('in of since until by next last early late mid every through before after during from');

/** A date or month that begins at `at`. */
export function calendarDateAt(words: readonly string[], at: number): Rewrite | undefined {
  return isMonth(words[at] ?? '') ? monthFirst(words, at) : dayFirst(words, at);
}

function monthFirst(words: readonly string[], at: number): Rewrite | undefined {
  const word = words[at]!;
  const name = monthName(word);
  const before = words[at - 1];
  if (doubtful.has(word) && before !== undefined && !beforeDates.has(before)) return undefined;
  if (word === 'may' && before === undefined && words[at + 1] === 'the') return undefined;
  const dayAt = words[at + 1] === 'the' ? at + 2 : at + 1;
  const day = ordinalAt(words, dayAt);
  if (day && day.value <= 31) return withYear(words, { end: day.end, text: `${name} ${ordinalText(day.value)}` }, ', ');
  const year = yearAt(words, at + 1);
  if (year) return { end: year.end, text: `${name} ${year.text}` };
  const plain = cardinalAt(words, at + 1);
  if (
    plain &&
    plain.value >= 1 &&
    plain.value <= 31 &&
    !isUnitAfter(words, plain.end) &&
    (!doubtful.has(word) || plain.value > 9)
  ) {
    const text = `${name} ${plain.value}`;
    const following = yearAt(words, plain.end);
    if (following) return { end: following.end, text: `${text}, ${following.text}` };
    if (!isNumberWord(words[plain.end])) return { end: plain.end, text };
  }
  if (!doubtful.has(word)) return { end: at + 1, text: name };
  return before !== undefined && beforeDoubtful.has(before) ? { end: at + 1, text: name } : undefined;
}

function dayFirst(words: readonly string[], at: number): Rewrite | undefined {
  const day = ordinalAt(words, at);
  if (!day || day.value > 31) return undefined;
  const monthAt = words[day.end] === 'of' ? day.end + 1 : day.end;
  const month = words[monthAt] ?? '';
  if (!isMonth(month) || (monthAt === day.end && doubtful.has(month) && words[at - 1] !== 'the')) return undefined;
  const text = `${ordinalText(day.value)} ${words[day.end] === 'of' ? 'of ' : ''}${monthName(month)}`;
  return withYear(words, { end: monthAt + 1, text }, ' ');
}

function withYear(
  words: readonly string[],
  date: { readonly end: number; readonly text: string },
  gap: string,
): Rewrite {
  const year = yearAt(words, date.end);
  return year ? { end: year.end, text: date.text + gap + year.text } : date;
}

function isUnitAfter(words: readonly string[], at: number): boolean {
  return /^(?:people|days|weeks|hours|minutes|times|percent|dollars|guests|nights|a|p|am|pm|o'clock)$/u.test(
    words[at] ?? '',
  );
}
