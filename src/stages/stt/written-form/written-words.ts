/**
 * Spoken words to written spans: the order of the rules.
 *
 * From left to right, the first rule that understands the words at a place writes them; what none understands stays a word.
 * Earlier rules are the more specific ones.
 */
import { calendarDateAt } from './calendar-date.js';
import { clockTimeAt, relativeTimeAt } from './clock-time.js';
import { digitStringAt } from './digit-string.js';
import { idiomAt } from './idioms.js';
import { letterRunAt } from './letter-run.js';
import { measureAt } from './measure.js';
import { moneyAt } from './money.js';
import { netAddressAt } from './net-address.js';
import { articleNumberAt, ordinalRewriteAt, plainNumberAt } from './plain-number.js';
import { titleAt } from './titles.js';
import type { RewriteRule, WrittenSpan } from './written-span.js';
import { yearRewriteAt } from './year.js';

const rules: readonly RewriteRule[] = [
  idiomAt,
  netAddressAt,
  letterRunAt,
  titleAt,
  calendarDateAt,
  ordinalRewriteAt,
  relativeTimeAt,
  moneyAt,
  measureAt,
  clockTimeAt,
  digitStringAt,
  yearRewriteAt,
  articleNumberAt,
  plainNumberAt,
];

/**
 * Spans that cover the words.
 *
 * @param words lower-case words as recognised
 * @param cased the same words as they are written when no rule changes them
 */
export function writtenSpans(words: readonly string[], cased: readonly string[] = words): WrittenSpan[] {
  const spans: WrittenSpan[] = [];
  for (let at = 0; at < words.length;) {
    const rewrite = firstRewrite(words, at);
    const end = rewrite?.end ?? at + 1;
    if (typeof rewrite?.text === 'string') spans.push({ text: rewrite.text, startWord: at, wordCount: end - at });
    else for (let word = at; word < end; word += 1) spans.push({ text: cased[word]!, startWord: word, wordCount: 1 });
    at = end;
  }
  return spans;
}

function firstRewrite(words: readonly string[], at: number): ReturnType<RewriteRule> {
  for (const rule of rules) {
    const rewrite = rule(words, at);
    if (rewrite) return rewrite;
  }
  return undefined;
}
