/**
 * Times of day: `seven thirty p m` → 7:30 PM, `half past seven` → 7:30, `quarter to nine` → 8:45, `ten o'clock`.
 *
 * Two numbers side by side are a time only with a half of the day after them or a word like `at` before; `ten to nine` can be
 * a score and needs one too.
 */
import { belowHundredAt } from './number-words.js';
import { numberRunAt } from './number-run.js';
import { wordSet, type Rewrite } from './written-span.js';

const beforeTimes = wordSet('at by until till');
const beforeToTimes = wordSet("at by until till before after about around nearly almost it's its");
const dayParts = wordSet('tonight tomorrow today');
const inTheParts = wordSet('morning afternoon evening');

interface Moment {
  readonly hour: number;
  readonly minute: number;
  readonly end: number;
}

/** `seven thirty p m`, `at seven thirty`, `seven o'clock`. */
export function clockTimeAt(words: readonly string[], at: number): Rewrite | undefined {
  const moment = momentAt(words, at);
  if (!moment) return undefined;
  const span = spanOfTimeAt(words, moment);
  if (span) return span;
  const half = halfDayAt(words, moment.end);
  if (half && moment.hour >= 1 && moment.hour <= 12) {
    const minutes = moment.minute === 0 ? '' : `:${twoDigits(moment.minute)}`;
    return { end: half.end, text: `${moment.hour}${minutes} ${half.text}` };
  }
  if (words[moment.end] === "o'clock" || (isO(words[moment.end]) && words[moment.end + 1] === 'clock')) {
    const end = words[moment.end] === "o'clock" ? moment.end + 1 : moment.end + 2;
    return moment.minute === 0 ? { end, text: `${moment.hour} o'clock` } : undefined;
  }
  const isTwoPart = moment.end - at > 1 && numberRunAt(words, at)!.chunks.length > 1;
  if (!isTwoPart) return undefined;
  const after = words[moment.end] ?? '';
  const placed =
    beforeTimes.has(words[at - 1] ?? '') ||
    dayParts.has(after) ||
    (after === 'in' && words[moment.end + 1] === 'the' && inTheParts.has(words[moment.end + 2] ?? ''));
  return placed ? { end: moment.end, text: `${moment.hour}:${twoDigits(moment.minute)}` } : undefined;
}

/** `two to four p m`: both in digits, as the second is. */
function spanOfTimeAt(words: readonly string[], from: Moment): Rewrite | undefined {
  const joint = words[from.end] ?? '';
  const to = joint === 'to' || joint === 'until' ? momentAt(words, from.end + 1) : undefined;
  const half = to && halfDayAt(words, to.end);
  if (!half || to.hour > 12 || from.hour > 12) return undefined;
  const text = ({ hour, minute }: Moment): string => (minute === 0 ? String(hour) : `${hour}:${twoDigits(minute)}`);
  return { end: half.end, text: `${text(from)} ${joint} ${text(to)} ${half.text}` };
}

/** The whole number run as hour and minute: `seven`, `seven thirty`, `seven o five`. */
function momentAt(words: readonly string[], at: number): Moment | undefined {
  const run = numberRunAt(words, at);
  const [first, second, third] = run?.chunks ?? [];
  if (!run || !first || first.kind === 'oh' || first.kind === 'repeat' || first.value > 24) return undefined;
  if (run.chunks.length === 1) return { hour: first.value, minute: 0, end: run.end };
  const isMinute = second?.kind === 'two' && second.value < 60 && run.chunks.length === 2;
  if (isMinute) return { hour: first.value, minute: second.value, end: run.end };
  const isOh = second?.kind === 'oh' && third?.kind === 'digit' && run.chunks.length === 3;
  return isOh ? { hour: first.value, minute: third.value, end: run.end } : undefined;
}

/** `half past seven`, `a quarter to nine`, `ten past eight`, `eighteen hundred hours`: no other rule may see their numbers. */
export function relativeTimeAt(words: readonly string[], at: number): Rewrite | undefined {
  const hundreds = hundredHoursAt(words, at);
  if (hundreds) return hundreds;
  const start = words[at] === 'a' && words[at + 1] === 'quarter' ? at + 1 : at;
  const part = partOfHourAt(words, start);
  if (!part) return undefined;
  const direction = words[part.end] ?? '';
  const isPast = direction === 'past' || (direction === 'after' && part.minutes === 15);
  const isTo = direction === 'to' || direction === 'till';
  if (!isPast && !isTo) return undefined;
  const hour = belowHundredAt(words, part.end + 1);
  if (!hour || hour.value > 12 || (numberRunAt(words, part.end + 1)?.chunks.length ?? 0) > 1) return undefined;
  if (isTo && part.isNumber && !isSaidTime(words, at)) return undefined;
  if (isTo && part.minutes === 30) return undefined;
  const hourText = isPast ? hour.value : hour.value === 1 ? 12 : hour.value - 1;
  const text = `${hourText}:${twoDigits(isPast ? part.minutes : 60 - part.minutes)}`;
  const half = halfDayAt(words, hour.end);
  return half ? { end: half.end, text: `${text} ${half.text}` } : { end: hour.end, text };
}

function partOfHourAt(
  words: readonly string[],
  at: number,
): { readonly minutes: number; readonly end: number; readonly isNumber: boolean } | undefined {
  if (words[at] === 'half') return { minutes: 30, end: at + 1, isNumber: false };
  if (words[at] === 'quarter') return { minutes: 15, end: at + 1, isNumber: false };
  const read = belowHundredAt(words, at);
  if (!read || read.value > 29) return undefined;
  if (words[read.end] === 'minutes') return { minutes: read.value, end: read.end + 1, isNumber: false };
  return read.value % 5 === 0 ? { minutes: read.value, end: read.end, isNumber: true } : undefined;
}

function isSaidTime(words: readonly string[], at: number): boolean {
  return beforeToTimes.has(words[at - 1] ?? '') || (words[at - 1] === 'is' && words[at - 2] === 'it');
}

/** `p m`, `pm`. */
function halfDayAt(words: readonly string[], at: number): { readonly text: string; readonly end: number } | undefined {
  const word = words[at] ?? '';
  if (word === 'am' || word === 'pm') return { text: word.toUpperCase(), end: at + 1 };
  const isHalf = (word === 'a' || word === 'p') && words[at + 1] === 'm';
  return isHalf ? { text: `${word.toUpperCase()}M`, end: at + 2 } : undefined;
}

/** `eighteen hundred hours` → 18:00. */
function hundredHoursAt(words: readonly string[], at: number): Rewrite | undefined {
  const hour = belowHundredAt(words, at);
  const isTime =
    hour && hour.value >= 10 && hour.value <= 24 && words[hour.end] === 'hundred' && words[hour.end + 1] === 'hours';
  return isTime ? { end: hour.end + 2, text: `${hour.value}:00` } : undefined;
}

function isO(word: string | undefined): boolean {
  return word === 'o' || word === 'oh';
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
