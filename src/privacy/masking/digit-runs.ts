/**
 * Stretches of a text that are digits one after the other, written or said, however they are grouped.
 */
import { digitsOfWord, hanDigits, hanValues, repeaters } from './digit-words.js';
import type { TextToken } from './text-token.js';

export interface DigitRun {
  readonly digits: string;
  readonly startChar: number;
  readonly endChar: number;
  /** Index of the first and after the last token. */
  readonly startToken: number;
  readonly endToken: number;
  readonly isSpoken: boolean;
  /** Written with a leading + or in brackets, as phone numbers are. */
  readonly isDialled: boolean;
  /** Letters that are said between the digits. */
  readonly letterCount: number;
}

/** Between the groups of one number. */
const withinNumber = /^(?:[ \u00a0]?[-–./()]{0,2}[ \u00a0]?)$/u;
const spokenGap = /^[\s,–-]{0,3}$/u;
/** `five hundred` is a quantity; after four digits of a number it is two more. */
const leastBeforeHundred = 4;
const hanRun = new RegExp(`[${hanDigits}]{4,}`, 'gu');

export function digitRuns(text: string, tokens: readonly TextToken[], language: string): readonly DigitRun[] {
  const runs: DigitRun[] = [];
  for (let at = 0; at < tokens.length;) {
    const run = /^\p{Nd}+$/u.test(tokens[at]!.text) ? writtenRun(text, tokens, at) : spokenRun(tokens, at, language);
    if (run === undefined) {
      at += 1;
      continue;
    }
    runs.push(run);
    at = run.endToken;
  }
  return language === 'zh' || language === 'ja' ? [...runs, ...hanRuns(text)] : runs;
}

function writtenRun(text: string, tokens: readonly TextToken[], first: number): DigitRun {
  let end = first + 1;
  while (end < tokens.length && /^\p{Nd}+$/u.test(tokens[end]!.text) && withinNumber.test(tokens[end]!.gap)) end += 1;
  const before = text.slice(Math.max(0, tokens[first]!.startChar - 2), tokens[first]!.startChar);
  const lead = /[+(]{1,2}$/.exec(before)?.[0] ?? '';
  return {
    digits: tokens
      .slice(first, end)
      .map((token) => token.text.normalize('NFKC'))
      .join(''),
    startChar: tokens[first]!.startChar - lead.length,
    endChar: tokens[end - 1]!.endChar,
    startToken: first,
    endToken: end,
    isSpoken: false,
    isDialled: lead !== '',
    letterCount: 0,
  };
}

function spokenRun(tokens: readonly TextToken[], first: number, language: string): DigitRun | undefined {
  let digits = '';
  let letterCount = 0;
  let at = first;
  let isDialled = false;
  while (at < tokens.length && (at === first || spokenGap.test(tokens[at]!.gap))) {
    const { word, text } = tokens[at]!;
    if (word === 'plus' && at === first) {
      isDialled = true;
      at += 1;
      continue;
    }
    // `nine hundred` within a number that is being read out.
    if (word === 'hundred' && digits.length >= leastBeforeHundred) {
      digits += '00';
      at += 1;
      continue;
    }
    // `one z nine nine nine a a one`: letters between digits.
    if (/^[a-z]$/.test(word) && digits !== '' && goesOn(tokens, at + 1, language)) {
      letterCount += 1;
      at += 1;
      continue;
    }
    const times = repeaters.get(word);
    const next = times === undefined ? undefined : digitsOfWord(tokens[at + 1]?.word ?? '', language);
    if (times !== undefined && next?.length === 1) {
      digits += next.repeat(times);
      at += 2;
      continue;
    }
    const found = /^\p{Nd}+$/u.test(text) ? text : digitsOfWord(word, language);
    if (found === undefined) break;
    at += 1;
    if (!found.endsWith('?')) {
      digits += found;
      continue;
    }
    const unit = digitsOfWord(tokens[at]?.word ?? '', language);
    const joined = unit?.length === 1 && unit !== '0';
    digits += found[0]! + (joined ? unit : '0');
    if (joined) at += 1;
  }
  if (digits === '') return undefined;
  const [start, end] = [tokens[first]!.startChar, tokens[at - 1]!.endChar];
  return {
    digits,
    startChar: start,
    endChar: end,
    startToken: first,
    endToken: at,
    isSpoken: true,
    isDialled,
    letterCount,
  };
}

/** True when a digit follows, at most two letters later. */
function goesOn(tokens: readonly TextToken[], from: number, language: string): boolean {
  for (let at = from; at < from + 3 && tokens[at] !== undefined; at += 1) {
    if (/^\p{Nd}+$/u.test(tokens[at]!.text) || digitsOfWord(tokens[at]!.word, language) !== undefined) return true;
    if (!/^[a-z]$/.test(tokens[at]!.word)) return false;
  }
  return false;
}

/** Chinese and Japanese have no spaces: a run lies inside a token. */
function hanRuns(text: string): readonly DigitRun[] {
  return Array.from(text.matchAll(hanRun), (match) => ({
    digits: Array.from(match[0], (sign) => hanValues[hanDigits.indexOf(sign)]).join(''),
    startChar: match.index,
    endChar: match.index + match[0].length,
    startToken: -1,
    endToken: -1,
    isSpoken: true,
    isDialled: false,
    letterCount: 0,
  }));
}
