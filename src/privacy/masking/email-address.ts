/**
 * E-mail addresses, written and as they are said: `jane dot doe at example dot com`.
 */
import type { PersonalSpan } from './personal-span.js';
import type { TextToken } from './text-token.js';

/** Bounded repetitions: linear in the text. */
const written = /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,4}/gu;

const atWords = new Set(['at', 'ät', 'arroba', 'klammeraffe', 'アットマーク', '艾特']);
const dotWords = new Set(['dot', 'punkt', 'punto', 'point', 'ドット', '点']);
const joiners = new Set([
  ...dotWords,
  'underscore',
  'dash',
  'hyphen',
  'minus',
  'bindestrich',
  'unterstrich',
  'guion',
  'guión',
  'guionbajo',
]);
/** Last parts of addresses that people have. */
const lastParts = new Set(
  'com org net de uk co es io edu gov info eu jp cn us ca au at ch fr it nl me tv biz mx ar ac mail'.split(' '),
);
/** Words of an address's first part at most, spelled letters included. */
const mostLocalTokens = 24;

export function findEmailAddresses(text: string, tokens: readonly TextToken[]): readonly PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  for (const match of text.matchAll(written))
    spans.push({ kind: 'email', startChar: match.index, endChar: match.index + match[0].length });
  for (const [index, { word }] of tokens.entries()) {
    if (!atWords.has(word)) continue;
    const end = hostEnd(tokens, index + 1);
    const start = end === undefined ? undefined : localStart(tokens, index - 1);
    if (end === undefined || start === undefined) continue;
    spans.push({ kind: 'email', startChar: tokens[start]!.startChar, endChar: tokens[end]!.endChar });
  }
  return spans;
}

/** Index of the last token of `example dot co dot uk`, undefined when there is no host. */
function hostEnd(tokens: readonly TextToken[], first: number): number | undefined {
  let end: number | undefined;
  // The host's name may be of several words, as `web mail`.
  let at = first;
  while (at < first + 3 && tokens[at] !== undefined && !dotWords.has(tokens[at]!.word)) at += 1;
  while (dotWords.has(tokens[at]?.word ?? '') && tokens[at + 1] !== undefined && at > first) {
    if (lastParts.has(tokens[at + 1]!.word)) end = at + 1;
    at += 2;
  }
  return end;
}

/** Index of the first token of `jane dot doe` or `j a n e 4 2` before the at, undefined when there is none. */
function localStart(tokens: readonly TextToken[], last: number): number | undefined {
  if (tokens[last] === undefined) return undefined;
  let start = last;
  while (start > 0 && last - start < mostLocalTokens) {
    const before = tokens[start - 1]!;
    const isSpelled = (token: TextToken): boolean =>
      Array.from(token.word).length === 1 && token.word !== 'i' && token.word !== 'a';
    const isPart = /^\p{N}+$/u.test(before.word) || isSpelled(before);
    if (joiners.has(before.word) && start > 1) start -= 2;
    else if (isPart && (isSpelled(tokens[start]!) || /^\p{N}+$/u.test(tokens[start]!.word) || isSpelled(before)))
      start -= 1;
    else break;
  }
  return start;
}
