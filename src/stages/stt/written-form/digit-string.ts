/**
 * Numbers that are names: digits said one by one (order numbers, PINs, phone numbers) and what stands after `room`,
 * `extension` or `flight`.
 *
 * They are written without commas. Phone numbers are grouped where the words before speak of a phone.
 */
import { numberRunAt, type NumberRun } from './number-run.js';
import { follows, wordSet, type Rewrite } from './written-span.js';

/** After these even one digit is a name. */
const labels = wordSet(
  'room extension flight gate platform press option chapter page terminal suite apartment channel version route highway interstate bus number zone floor aisle lane seat row ext',
);
/** After these a number said in pieces is put together. */
const looseLabels = wordSet(
  'code pin zip order account reference confirmation booking ticket case invoice tracking id line table unit model postcode passcode password',
);
const phoneContext = wordSet('phone telephone mobile cell cellphone call callback reach fax text dial ring phoned');
const cardContext = wordSet('card');
const otherContext = wordSet(
  'order account reference tracking code pin id invoice ticket confirmation booking case card zip',
);

/** A number that is a name, beginning at `at`. */
export function digitStringAt(words: readonly string[], at: number): Rewrite | undefined {
  const isInternational = words[at] === 'plus' && !numberRunBefore(words, at);
  const start = isInternational ? at + 1 : at;
  const run = numberRunAt(words, start);
  // Decimals and versions are quantities.
  if (!run || words[run.end] === 'point') return undefined;
  const digits = digitsOf(run);
  if (isInternational) return digits.length >= 8 && isAllDigits(run) ? { end: run.end, text: `+${digits}` } : undefined;
  if (words.slice(at, at + 3).join(' ') === 'twenty four seven' && run.end === at + 3 && !isLabelled(words, at)) {
    return { end: run.end, text: '24/7' };
  }
  if (isLabelled(words, at)) {
    const letter = words[run.end] ?? '';
    const isSeatLetter = /^[b-fh-k]$/u.test(letter) || (letter === 'a' && words[run.end + 1] === undefined);
    const seatLetter = isSeatLetter && /^(?:seat|row|room|gate|apartment|suite|flat)$/u.test(words[at - 1] ?? '');
    if (seatLetter) return { end: run.end + 1, text: digits + letter.toUpperCase() };
    // `number one` is praise.
    if (words[at - 1] === 'number' && digits === '1') return undefined;
    return isSaidInPieces(run) || run.chunks.length === 1
      ? { end: run.end, text: grouped(digits, words, at) }
      : undefined;
  }
  const isLooselyLabelled =
    follows(words, at, { after: looseLabels, reach: 3 }) || follows(words, at, { after: phoneContext, reach: 6 });
  if (isAllDigits(run)) {
    const enough = isLooselyLabelled || hasZeroLetterOrRepeat(run) ? 2 : 3;
    const counts = digits === '123' && !isLooselyLabelled;
    return digits.length >= enough && run.chunks.length + (hasRepeat(run) ? 1 : 0) >= 2 && !counts
      ? { end: run.end, text: grouped(digits, words, at) }
      : undefined;
  }
  const isLong =
    run.chunks.length >= 3 && digits.length >= 5 && run.chunks.some(({ kind }) => kind === 'digit' || kind === 'oh');
  if ((isLong || (isLooselyLabelled && run.chunks.length >= 2)) && isSaidInPieces(run)) {
    return { end: run.end, text: grouped(digits, words, at) };
  }
  return undefined;
}

/** A label right before, with at most `is` or `number` between. */
function isLabelled(words: readonly string[], at: number): boolean {
  const before = words[at - 1] ?? '';
  if (labels.has(before)) return true;
  return /^(?:is|was|number)$/u.test(before) && labels.has(words[at - 2] ?? '') && words[at - 2] !== 'number';
}

/** `eight hundred five five five …` is 800 and then digits, not 805. */
function digitsOf(run: NumberRun): string {
  return run.chunks
    .map(({ kind, value, digits }, index) => {
      const isPrefix = kind === 'big' && value % 100 < 10 && opensPhoneNumber(run, index);
      return isPrefix && value % 100 > 0 ? `${value - (value % 100)}${value % 100}` : digits;
    })
    .join('');
}

/** 800 in front, or after a 1, and enough behind it. */
function opensPhoneNumber({ chunks }: NumberRun, index: number): boolean {
  const isFirst = index === 0 || (index === 1 && chunks[0]!.digits === '1');
  return isFirst && chunks[index]!.value < 1000 && chunks.length - index >= 6;
}

function isAllDigits(run: NumberRun): boolean {
  return run.chunks.every(({ kind }) => kind === 'digit' || kind === 'oh' || kind === 'repeat');
}

/** No big numbers but in front. */
function isSaidInPieces(run: NumberRun): boolean {
  return run.chunks.every(
    ({ kind, value }, index) => kind !== 'big' || (index === 0 && value < 1000) || opensPhoneNumber(run, index),
  );
}

function hasRepeat(run: NumberRun): boolean {
  return run.chunks.some(({ kind }) => kind === 'repeat');
}

function hasZeroLetterOrRepeat(run: NumberRun): boolean {
  return (
    hasRepeat(run) ||
    run.chunks.some(({ digits }, index) => digits === '0' && (run.chunks[0]!.kind !== 'oh' || index > 0))
  );
}

function numberRunBefore(words: readonly string[], at: number): boolean {
  return at > 0 && numberRunAt(words, at - 1) !== undefined;
}

function grouped(digits: string, words: readonly string[], at: number): string {
  if (digits.length === 16 && follows(words, at, { after: cardContext, reach: 6 }))
    return digits.replace(/\B(?=(?:\d{4})+$)/gu, ' ');
  const isPhone =
    follows(words, at, { after: phoneContext, reach: 8 }) && !follows(words, at, { after: otherContext, reach: 4 });
  if (!isPhone) return digits;
  if (digits.length === 10) return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`;
  if (digits.length === 7) return `${digits.slice(0, 3)}-${digits.slice(3)}`;
  if (digits.length === 11 && digits.startsWith('1'))
    return `1-${digits.slice(1, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`;
  if (digits.length === 11 && digits.startsWith('0')) return `${digits.slice(0, 5)} ${digits.slice(5)}`;
  return digits;
}
