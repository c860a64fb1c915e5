/**
 * Words that are written with a capital wherever they stand, and how: names, days, countries, `I`.
 *
 *   stt-en.capitals.txt   ASCII, one entry a line in its written form; an entry of two or three words counts as a whole
 *
 * `training/stt/capitals.py` writes the list. What it does not know stays lower case, but for a name that follows its
 * announcement: `my name is mark`.
 */
import { calendarDateAt } from './calendar-date.js';
import { isMonth, monthName } from './months.js';
import { wordSet } from './written-span.js';

const longestPhrase = 3;
const pronouns: ReadonlyMap<string, string> = new Map([
  ['i', 'I'],
  ["i'm", "I'm"],
  ["i've", "I've"],
  ["i'd", "I'd"],
  ["i'll", "I'll"],
  ['ok', 'OK'],
]);
/** What follows `my name is` without being one. */
const noNames = wordSet(
  'a an the not no in on at my your his her it is and but so very really spelled spelt correct wrong right different listed under also what mister missus doctor',
);

export class CapitalList {
  readonly #words = new Map<string, string>(pronouns);
  readonly #phrases = new Map<string, readonly string[]>();

  /** @param text the file's content */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const parts = line.split(' ');
      if (parts.length > 1) this.#phrases.set(line.toLowerCase(), parts);
      else if (line !== '') this.#words.set(line.toLowerCase(), line);
    }
  }

  /** The words as they are written in the middle of a sentence. */
  apply(words: readonly string[]): string[] {
    const cased = words.map((word) => this.#cased(word));
    for (let at = 0; at < words.length; at += 1) {
      for (let length = longestPhrase; length > 1; length -= 1) {
        const phrase = this.#phrases.get(words.slice(at, at + length).join(' '));
        phrase?.forEach((word, index) => (cased[at + index] = word));
      }
      // Months that are other words too: `may`, `march`, `august`.
      if (isMonth(words[at]!) && calendarDateAt(words, at)) cased[at] = monthName(words[at]!);
      if (words[at] === 'name' && words[at + 1] === 'is') this.#introduce(words, at + 2, cased);
    }
    return cased;
  }

  #cased(word: string): string {
    const whole = this.#words.get(word);
    if (whole !== undefined) return whole;
    const stem = word.endsWith("'s") ? this.#words.get(word.slice(0, -2)) : undefined;
    return stem === undefined ? word : `${stem}'s`;
  }

  /** The word after `name is`, and one more when the list knows it as a name too. */
  #introduce(words: readonly string[], at: number, cased: string[]): void {
    const word = words[at];
    if (word === undefined || word.length < 2 || noNames.has(word)) return;
    cased[at] = capitalised(cased[at]!);
  }
}

/** First letter large. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
