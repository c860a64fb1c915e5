/**
 * How a written word may be said: names with accents, acronyms, codes with digits, everything the letter-to-sound model
 * alone does not take.
 *
 * Pure but for a bounded memory of words it was asked before, because the names of a contact list come back call after call.
 */
import type { LettersToSounds, Pronunciation } from './letters-to-sounds.js';

/** Letters that Unicode does not take apart into a base letter and an accent. */
const specialLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'th',
  þ: 'th',
  ı: 'i',
  '’': "'",
};
/** Capitals up to here may be read letter by letter: IBM, NASA; longer ones are taken for shouting. */
const longestAcronym = 5;
const mostRemembered = 4096;

/** a–z, 0–9 and apostrophes of a word in lower case: `José` → `jose`, `Zürich` → `zurich`. */
export function spokenCharacters(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^\0-\x7f]/g, (letter) => specialLetters[letter] ?? letter)
    .normalize('NFD')
    .replace(/[^a-z0-9']/g, '');
}

export class WordPronouncer {
  readonly #model: LettersToSounds;
  readonly #known = new Map<string, readonly Pronunciation[]>();

  constructor(model: LettersToSounds) {
    this.#model = model;
  }

  /** Up to `count` pronunciations with their probabilities, best first; empty when nothing in the word can be said. */
  pronounce(word: string, count = 3): readonly Pronunciation[] {
    const key = `${count} ${word}`;
    const known = this.#known.get(key);
    if (known) return known;
    const parts = spokenCharacters(word).match(/[a-z']+|[0-9]+/g) ?? [];
    const mayBeSpelled = isAcronym(word) || parts.length > 1;
    const spoken = parts
      .map((part) => (/[0-9]/.test(part) ? this.#number(part) : this.#letters(part, { mayBeSpelled, count })))
      .reduce((before, next) => mostLikely(joined(before, next), count), [{ phones: [], probability: 1 }]);
    const result = spoken.filter(({ phones }) => phones.length > 0);
    if (this.#known.size === mostRemembered) this.#known.clear();
    this.#known.set(key, result);
    return result;
  }

  /** Letter by letter, or undefined when the word is not one that people spell: `IBM`, `b`. */
  spelled(word: string): readonly Pronunciation[] | undefined {
    const letters = spokenCharacters(word);
    return isAcronym(word) && /^[a-z]+$/.test(letters) ? this.#letterNames(letters) : undefined;
  }

  #letters(
    letters: string,
    { mayBeSpelled, count }: { readonly mayBeSpelled: boolean; readonly count: number },
  ): readonly Pronunciation[] {
    const plain = letters.replaceAll("'", '');
    if (plain === '') return [{ phones: [], probability: 1 }];
    if (plain.length === 1 || !/[aeiouy]/.test(plain)) return this.#letterNames(plain);
    const read = this.#model.pronounce(letters, count);
    if (!mayBeSpelled || plain.length > longestAcronym) return read;
    return mostLikely(
      [...this.#letterNames(plain), ...read].map((one) => ({ ...one, probability: one.probability / 2 })),
      count,
    );
  }

  #letterNames(letters: string): readonly Pronunciation[] {
    const phones = [...letters].flatMap((letter) => this.#model.names.get(letter)?.[0] ?? []);
    return [{ phones, probability: 1 }];
  }

  /** Digit by digit, and in pairs where that is usual: 12, 747, 1984. */
  #number(digits: string): readonly Pronunciation[] {
    const oneByOne = [...digits].flatMap((digit) => this.#model.names.get(digit)?.[0] ?? []);
    if (digits.length === 1 || digits.length > 4) return [{ phones: oneByOne, probability: 1 }];
    const head = digits.length % 2 === 1 ? digits.slice(0, 1) : '';
    const pairs = digits.slice(head.length).match(/../g) ?? [];
    const inPairs = [head, ...pairs].flatMap((pair) => this.#belowHundred(pair));
    return [
      { phones: inPairs, probability: 0.5 },
      { phones: oneByOne, probability: 0.5 },
    ];
  }

  /** One or two digits; "05" is "oh five". */
  #belowHundred(digits: string): readonly number[] {
    const { names } = this.#model;
    const whole = names.get(digits)?.[0];
    if (whole || digits === '') return whole ?? [];
    const [tens = '', ones = ''] = digits;
    const first = tens === '0' ? names.get('o') : names.get(`${tens}0`);
    return [...(first?.[0] ?? []), ...(names.get(ones)?.[0] ?? [])];
  }
}

function isAcronym(word: string): boolean {
  const letters = word.replace(/[^\p{L}]/gu, '');
  return letters !== '' && letters.length <= longestAcronym && letters === letters.toUpperCase();
}

function joined(before: readonly Pronunciation[], next: readonly Pronunciation[]): readonly Pronunciation[] {
  return before.flatMap((head) =>
    next.map((tail) => ({
      phones: [...head.phones, ...tail.phones],
      probability: head.probability * tail.probability,
    })),
  );
}

function mostLikely(all: readonly Pronunciation[], count: number): readonly Pronunciation[] {
  return [...all].sort((a, b) => b.probability - a.probability).slice(0, count);
}
