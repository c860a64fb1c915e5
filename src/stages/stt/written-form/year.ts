/**
 * Years as they are said: `nineteen eighty four`, `twenty twenty six`, `eighteen o three`, `two thousand and five`.
 */
import { numberRunAt } from './number-run.js';
import { belowHundredAt } from './number-words.js';
import { wordSet, type Rewrite } from './written-span.js';

export interface YearRead {
  readonly text: string;
  readonly end: number;
}

const beforeYears = wordSet('in since year of from until till by before after circa around during between and to');
const surelyBeforeYears = wordSet('in since year until till during');
const decades = /^(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ies$|^tens$/u;
const measured =
  /^(?:percent|per|dollars?|pounds?|euros?|cents?|people|times|minutes|hours|days|weeks|months|years|miles|kilometers|degrees|a|p|am|pm|o'clock)$/u;

/** A number run that is one year and nothing else. */
export function yearAt(words: readonly string[], at: number): YearRead | undefined {
  const run = numberRunAt(words, at);
  if (!run || measured.test(words[run.end] ?? '')) return undefined;
  const [first, second, third] = run.chunks;
  if (!first) return undefined;
  const text = (century: number, rest: number): YearRead => ({
    text: String(century * 100 + rest),
    end: run.end,
  });
  if (run.chunks.length === 1) {
    const saidAsYear =
      first.value >= 1100 && first.value <= 2099 && (first.value < 2000 ? words[run.end - 1] === 'hundred' : true);
    return saidAsYear ? { text: first.digits, end: run.end } : undefined;
  }
  const isCentury = first.kind === 'two' && first.value >= 11 && first.value <= 20;
  if (!isCentury || second === undefined) return undefined;
  if (run.chunks.length === 2 && second.kind === 'two') {
    // `fifteen sixteen` counts on.
    return second.value === first.value + 1 && second.value < 20 ? undefined : text(first.value, second.value);
  }
  const isOh = second.kind === 'oh' && third?.kind === 'digit' && run.chunks.length === 3;
  return isOh ? text(first.value, third.value) : undefined;
}

/** A year in running text. What could be a time as well, or a plain number, needs a word like `in` before it. */
export function yearRewriteAt(words: readonly string[], at: number): Rewrite | undefined {
  const decade = decadeAt(words, at);
  if (decade) return decade;
  const year = yearAt(words, at);
  if (!year) return undefined;
  const before = words[at - 1] ?? '';
  const value = Number(year.text);
  const isSpokenPlainly = /^(?:hundred|thousand)$/u.test(words[at + 1] ?? '');
  if (isSpokenPlainly) {
    const isRound = value % 100 === 0;
    return (isRound ? surelyBeforeYears : beforeYears).has(before) ? year : undefined;
  }
  const couldBeTime = value < 1300 && value % 100 < 60;
  if (couldBeTime && !surelyBeforeYears.has(before)) return undefined;
  return year;
}

/** `nineteen eighties` → 1980s. */
function decadeAt(words: readonly string[], at: number): Rewrite | undefined {
  const century = belowHundredAt(words, at);
  const word = words[century?.end ?? at] ?? '';
  if (!century || century.value < 11 || century.value > 20 || !decades.test(word)) return undefined;
  const ten = belowHundredAt([word === 'tens' ? 'ten' : `${word.slice(0, -3)}y`], 0);
  return ten && { end: century.end + 1, text: `${century.value * 100 + ten.value}s` };
}
