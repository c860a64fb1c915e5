/**
 * Dates of birth: a date after words that say that it is one.
 */
import { digitsOfWord } from './digit-words.js';
import type { PersonalSpan } from './personal-span.js';
import type { TextToken } from './text-token.js';

const cues: readonly (readonly string[])[] = [
  ['born', 'on'],
  ['born', 'in'],
  ['born'],
  ['date', 'of', 'birth'],
  ['birth', 'date'],
  ['birthday'],
  ['dob'],
  ['geboren', 'am'],
  ['geburtsdatum'],
  ['geburtstag'],
  ['geboren'],
  ['nací', 'el'],
  ['nacido', 'el'],
  ['nacida', 'el'],
  ['fecha', 'de', 'nacimiento'],
  ['nací'],
];
const months = new Set(
  (
    'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec ' +
    'januar februar märz mai juni juli oktober dezember enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'
  ).split(' '),
);
const between = new Set('is was it its the of de del am el on in and y und ist war es der den my'.split(' '));
const hundreds = new Set(['hundred', 'thousand', 'mil', 'neunzehnhundert', 'zweitausend', 'novecientos']);
const ordinal = /(?:st|nd|rd|th|ten|te|ter)$|^(?:first|second|third|primero|ersten)$/;
const cjk =
  /(?:出生于|生日是|出生日期是?|生年月日は|生まれは)?((?:[0-9]{2,4}|[〇零一二三四五六七八九]{2,4}|昭和[0-9一二三四五六七八九十]+|平成[0-9一二三四五六七八九十]+)年[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[日号])/gu;
const cjkCue = /出生|生日|生年月日|生まれ/u;
/** A date is at most so many tokens: the twenty third of march nineteen ninety one. */
const mostTokens = 9;

export function findBirthDates(text: string, tokens: readonly TextToken[], language: string): readonly PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  if (language === 'zh' || language === 'ja') {
    for (const match of text.matchAll(cjk)) {
      const startChar = match.index + match[0].indexOf(match[1]!);
      const endChar = startChar + match[1]!.length;
      if (cjkCue.test(text.slice(Math.max(0, startChar - 8), endChar + 4)))
        spans.push({ kind: 'birth date', startChar, endChar });
    }
  }
  for (let at = 0; at < tokens.length; at += 1) {
    const cue = cues.find((words) => words.every((word, offset) => tokens[at + offset]?.word === word));
    if (cue === undefined) continue;
    let first = at + cue.length;
    while (between.has(tokens[first]?.word ?? '') && first < at + cue.length + 4) first += 1;
    let end = first;
    while (end < tokens.length && end - first < mostTokens && isDatePart(tokens[end]!, language)) end += 1;
    while (end > first && between.has(tokens[end - 1]!.word)) end -= 1;
    const hasNumber = tokens.slice(first, end).some((token) => !between.has(token.word) && !months.has(token.word));
    if (end > first && hasNumber)
      spans.push({ kind: 'birth date', startChar: tokens[first]!.startChar, endChar: tokens[end - 1]!.endChar });
  }
  return spans;
}

function isDatePart({ word, text, gap }: TextToken, language: string): boolean {
  if (/[;:!?\n]/u.test(gap)) return false;
  return (
    /^\p{Nd}{1,4}$/u.test(text) ||
    months.has(word) ||
    between.has(word) ||
    hundreds.has(word) ||
    digitsOfWord(word, language) !== undefined ||
    (ordinal.test(word) && word.length > 3) ||
    /^\p{Nd}{1,2}(?:st|nd|rd|th)$/u.test(word) ||
    /^(?:st|nd|rd|th)$/.test(word)
  );
}
