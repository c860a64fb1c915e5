/**
 * E-mail and web addresses as they are said: `john dot smith at gmail dot com`, `w w w dot example dot org`.
 *
 * An address ends in a known top-level domain. A bare word before `at` makes an e-mail address only where one was spoken
 * of, for `look at example dot com` names a site.
 */
import { belowHundredAt, digitValues } from './number-words.js';
import { isZeroLetter } from './number-run.js';
import { follows, wordSet, type Rewrite } from './written-span.js';

const separators: ReadonlyMap<string, string> = new Map([
  ['dot', '.'],
  ['underscore', '_'],
  ['dash', '-'],
  ['hyphen', '-'],
]);
const topLevelDomains = wordSet(
  'com org net edu gov info biz io co uk us ca eu de fr es it nl ie nz au in jp ch at be se app dev ai tv me',
);
const spelledDomains: readonly (readonly [words: readonly string[], text: string])[] = [
  [['co', 'dot', 'u', 'k'], 'co.uk'],
  [['co', 'dot', 'uk'], 'co.uk'],
  [['c', 'o', 'dot', 'u', 'k'], 'co.uk'],
  [['u', 'k'], 'uk'],
  [['d', 'e'], 'de'],
  [['i', 'o'], 'io'],
  [['a', 'i'], 'ai'],
  [['e', 'u'], 'eu'],
  [['t', 'v'], 'tv'],
  [['f', 'r'], 'fr'],
  [['c', 'o', 'm'], 'com'],
];
/** Words that are part of no address. */
const noNames = wordSet(
  'a an the i you he she it we they is are was were be am to of in on at and or but for from with by my your his her our their this that so if as not no yes dot slash can could will would do does did have has just me us look looked looking see find go going went com',
);
const emailContext = wordSet('email e-mail mail address contact write reach emailed mailed send');
const longestPart = 12;
const longestHost = 5;
const longestText = 48;

interface Part {
  readonly text: string;
  readonly end: number;
  readonly hasSeparator: boolean;
}

/** An e-mail or web address that begins at `at`. */
export function netAddressAt(words: readonly string[], at: number): Rewrite | undefined {
  if (noNames.has(words[at] ?? '') && !isSpelled(words, at)) return undefined;
  return emailAt(words, at) ?? siteAt(words, at);
}

function emailAt(words: readonly string[], at: number): Rewrite | undefined {
  const inContext = follows(words, at, { after: emailContext, reach: 6 });
  const introduced = inContext && (words[at - 1] === 'is' || words[at - 1] === 'address' || words[at - 1] === "it's");
  const name = partAt(words, at, introduced ? 4 : 1);
  if (!name || words[name.end] !== 'at') return undefined;
  if (!name.hasSeparator && !/\d/u.test(name.text) && !inContext) return undefined;
  const host = hostAt(words, name.end + 1);
  return host && { end: host.end, text: `${name.text}@${host.text}` };
}

function siteAt(words: readonly string[], at: number): Rewrite | undefined {
  const prefix = words[at] === 'w' && words[at + 1] === 'w' && words[at + 2] === 'w' && words[at + 3] === 'dot' ? 4 : 0;
  const host = hostAt(words, at + prefix);
  if (!host) return undefined;
  let { end } = host;
  let text = prefix > 0 ? `www.${host.text}` : host.text;
  while (words[end] === 'slash' && end < at + 32) {
    const part = partAt(words, end + 1, 1);
    if (!part) break;
    text += `/${part.text}`;
    end = part.end;
  }
  return { end, text };
}

/** `gmail dot com`, `mail dot example dot co dot uk`; at least one name and a known domain. */
function hostAt(words: readonly string[], at: number): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  let next = at;
  for (let count = 0; count < longestHost; count += 1) {
    const name = labelAt(words, next);
    if (!name) return undefined;
    text += name.text;
    const separator = separators.get(words[name.end] ?? '');
    if (separator === undefined) return undefined;
    text += separator;
    next = name.end + 1;
    if (separator !== '.') continue;
    const domain = domainAt(words, next);
    if (domain && words[domain.end] !== 'dot') return { text: text + domain.text, end: domain.end };
  }
  return undefined;
}

function domainAt(words: readonly string[], at: number): { readonly text: string; readonly end: number } | undefined {
  const spelled = spelledDomains.find(([said]) => said.every((word, index) => words[at + index] === word));
  if (spelled) return { text: spelled[1], end: at + spelled[0].length };
  const word = words[at] ?? '';
  return topLevelDomains.has(word) ? { text: word, end: at + 1 } : undefined;
}

/** Names with separators between them; up to `maxNames` bare names may stand side by side. */
function partAt(words: readonly string[], at: number, maxNames: number): Part | undefined {
  let text = '';
  let end = at;
  let bareNames = 0;
  let hasSeparator = false;
  for (let count = 0; count < longestPart && text.length < longestText; count += 1) {
    const separator = separators.get(words[end] ?? '');
    if (separator !== undefined && text !== '') {
      const following = labelAt(words, end + 1);
      if (!following) break;
      text += separator + following.text;
      end = following.end;
      hasSeparator = true;
      continue;
    }
    const label = labelAt(words, end);
    if (!label || (!label.isCode && bareNames >= maxNames)) break;
    if (!label.isCode) bareNames += 1;
    text += label.text;
    end = label.end;
  }
  return text === '' ? undefined : { text, end, hasSeparator };
}

/** One name: a word, letters said one by one, or a number. */
function labelAt(
  words: readonly string[],
  at: number,
): { readonly text: string; readonly end: number; readonly isCode: boolean } | undefined {
  let text = '';
  let end = at;
  for (; text.length < 24; end += 1) {
    const word = words[end] ?? '';
    if (!/^[a-z]$/u.test(word) || (text === '' && !isSpelled(words, at))) break;
    text += word;
  }
  if (text !== '') return { text, end, isCode: true };
  const number = numberAt(words, at);
  if (number) return { ...number, isCode: true };
  const word = words[at];
  if (word === undefined || !/^[a-z][a-z']+$/u.test(word) || noNames.has(word) || separators.has(word))
    return undefined;
  return { text: word.replaceAll("'", ''), end: at + 1, isCode: false };
}

function numberAt(words: readonly string[], at: number): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  let end = at;
  while (text.length < 12) {
    const digit = isZeroLetter(words[end]) && text !== '' ? 0 : digitValues.get(words[end] ?? '');
    if (digit !== undefined) {
      text += String(digit);
      end += 1;
      continue;
    }
    const read = belowHundredAt(words, end);
    if (!read) break;
    text += String(read.value);
    end = read.end;
  }
  return text === '' ? undefined : { text, end };
}

/** A single letter that is said as one: beside another, or beside a separator. */
function isSpelled(words: readonly string[], at: number): boolean {
  const isLetter = (word: string | undefined): boolean => word !== undefined && /^[a-z]$/u.test(word);
  if (!isLetter(words[at])) return false;
  return isLetter(words[at + 1]) || separators.has(words[at + 1] ?? '') || words[at + 1] === 'at';
}
