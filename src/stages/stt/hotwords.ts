/**
 * Hot words as callers, files and programs write them: phrases with an optional weight and pronunciation.
 *
 * Owns the written form and the limits, not the search. Text is `Siobhan O'Neill^2 = SH IH V AO N | OW N IY L`: a phrase, a
 * factor on its bonus, and phones of CMUdict per word; the last two may be left out. What cannot be used is never an
 * error: it is left out and reported with the reason.
 */
import { phoneNames } from './phone-names.js';
import { spokenCharacters } from './word-pronouncer.js';

export interface Hotword {
  /** One or more words, spelled as they should be written. */
  readonly text: string;
  /** Factor on the bonus, 0…10; 1 by default. */
  readonly weight?: number;
  /** CMUdict phones without stress, words separated by `|`; guessed by default. */
  readonly pronunciation?: string;
}

/** A hot word that can be listened for. Plain data, so it can be sent to a thread. */
export interface HotwordPhrase {
  /** As written. */
  readonly words: readonly string[];
  readonly weight: number;
  /** Phone names by word, when they are given. */
  readonly pronunciation?: readonly (readonly string[])[];
}

export interface IgnoredHotword {
  readonly text: string;
  readonly reason: 'beyond-limit' | 'too-long' | 'unpronounceable' | 'weight-invalid' | 'pronunciation-invalid';
}

/** What one utterance takes: a contact list or a menu, not a dictionary. */
export const hotwordLimits = { phrases: 400, words: 800, wordsPerPhrase: 8, charactersPerWord: 40, phonesPerWord: 40 };

const largestWeight = 10;

/** The usable phrases in order, each once, and what was left out. */
export function readHotwords(entries: readonly (string | Hotword)[]): {
  readonly phrases: readonly HotwordPhrase[];
  readonly ignored: readonly IgnoredHotword[];
} {
  const phrases = new Map<string, HotwordPhrase>();
  const ignored: IgnoredHotword[] = [];
  let wordCount = 0;
  for (const entry of entries) {
    const hotword = typeof entry === 'string' ? parseHotword(entry) : entry;
    const words = wordsOf(hotword.text);
    const key = words.join(' ').toLowerCase();
    if (key === '' && hotword.text.trim() === '') continue;
    if (phrases.has(key)) continue;
    const phrase = phraseOf(hotword, words);
    if (typeof phrase === 'string') ignored.push({ text: hotword.text, reason: phrase });
    else if (phrases.size === hotwordLimits.phrases || wordCount + words.length > hotwordLimits.words)
      ignored.push({ text: hotword.text, reason: 'beyond-limit' });
    else {
      phrases.set(key, phrase);
      wordCount += words.length;
    }
  }
  return { phrases: [...phrases.values()], ignored };
}

/** Phrases separated by commas, as on a command line. */
export function parseHotwordList(text: string): readonly string[] {
  return text.split(',').flatMap((phrase) => phrase.trim() || []);
}

/** One phrase a line; blank lines and what follows `#` do not count. */
export function parseHotwordLines(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => line.replace(/#.*$/, '').trim() || []);
}

/** The written form, taken apart; whether the parts make sense is for `readHotwords`. */
function parseHotword(written: string): Hotword {
  const [spelling = '', ...pronunciation] = written.split('=');
  const [, text = spelling, weight] = /^(.*)\^\s*(\S*)\s*$/.exec(spelling) ?? [];
  return {
    text: text.trim(),
    ...(weight === undefined ? {} : { weight: weight === '' ? NaN : Number(weight) }),
    ...(pronunciation.length === 0 ? {} : { pronunciation: pronunciation.join('=') }),
  };
}

/** Hyphens and spaces separate words; marks around a word go. */
function wordsOf(text: string): readonly string[] {
  return text
    .replaceAll('’', "'")
    .split(/[\s\-‐-―/&,]+/u)
    .flatMap((word) => word.replace(/^[^\p{L}\p{N}']+|[^\p{L}\p{N}']+$/gu, '') || []);
}

function phraseOf(
  { weight = 1, pronunciation }: Hotword,
  words: readonly string[],
): HotwordPhrase | IgnoredHotword['reason'] {
  if (!(weight >= 0 && weight <= largestWeight)) return 'weight-invalid';
  if (
    words.length > hotwordLimits.wordsPerPhrase ||
    words.some((word) => word.length > hotwordLimits.charactersPerWord)
  )
    return 'too-long';
  if (pronunciation === undefined) {
    const canBeSaid = words.length > 0 && words.every((word) => /[a-z0-9]/.test(spokenCharacters(word)));
    return canBeSaid ? { words, weight } : 'unpronounceable';
  }
  if (words.length === 0) return 'unpronounceable';
  const phones = pronunciation.split('|').map((part) => part.trim().toUpperCase().split(/\s+/));
  const valid = (names: readonly string[]): boolean =>
    names.length <= hotwordLimits.phonesPerWord && names.every((name) => phoneNames.has(name));
  if (phones.length !== words.length || !phones.every(valid)) return 'pronunciation-invalid';
  return { words, weight, pronunciation: phones };
}
