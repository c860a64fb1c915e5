/**
 * Finds the answer to a question of a support scenario in what the caller said.
 *
 * Pure. It takes what is clearly there and nothing else: an answer that cannot be found is asked for again.
 */
import { digitsIn } from './spoken-number.js';
import type { SlotName } from './support-scenarios.js';
import type { Utterance } from './utterance.js';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const months = 'january february march april may june july august september october november december'.split(' ');
const ordinals =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth'.split(
    ' ',
  );
const nameIntroductions = ['my name is', 'name is', 'i am called', 'call me', 'this is', 'it is', '^i am'];
/** What follows `I am` or `it is` when it is no name. */
const noNames = new Set(
  'a an the my your not so very really here there just still calling looking trying going sorry sad happy angry tired fine good okay well great bad late afraid worried in on at from about yes no right wrong tomorrow today later when again if because back spelled spelt misspelled never ever as soon'.split(
    ' ',
  ),
);
/** Words before the real beginning of an answer. */
const preambles = new Set(['well', 'yes', 'yeah', 'okay', 'so', 'like', 'please', 'sure']);

/** The value as it is to be spoken again, or undefined. A name begins with a capital, digits are written together. */
export function answerFor(slot: SlotName, utterance: Utterance): string | undefined {
  const { words } = utterance;
  switch (slot) {
    case 'orderNumber':
    case 'accountNumber':
      return identifierIn(words, 2);
    case 'phoneNumber':
      return identifierIn(words, 5);
    case 'day':
      return dayIn(words);
    case 'callerName':
      return nameIn(utterance, { bare: true });
    case 'item':
    case 'problem': {
      const start = words.findIndex((word) => !preambles.has(word));
      const said = start < 0 ? [] : words.slice(start);
      return said.length >= (slot === 'item' ? 1 : 2) ? said.join(' ') : undefined;
    }
  }
}

/** A name the caller gives; with `bare` a short answer that is nothing but a name counts too. */
export function nameIn(utterance: Utterance, { bare }: { readonly bare: boolean }): string | undefined {
  const introduced = utterance.after(bare ? nameIntroductions : nameIntroductions.slice(0, 4));
  const candidates = introduced ?? (bare && utterance.words.length <= 3 ? utterance.words : []);
  const name: string[] = [];
  for (const word of candidates.slice(0, 2)) {
    if (noNames.has(word) || preambles.has(word) || !/^\p{L}[\p{L}'-]+$/u.test(word) || word === 'and') break;
    name.push(word.charAt(0).toUpperCase() + word.slice(1));
  }
  return name.length === 0 ? undefined : name.join(' ');
}

/** `tomorrow`, `next friday`, `the third of may`, as said. */
export function dayIn(words: readonly string[]): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === 'today' || word === 'tomorrow' || word === 'tonight') return word;
    if (weekdays.includes(word)) return `${words[at - 1] === 'next' ? 'next ' : ''}${capitalised(word)}`;
    if ((word === 'week' || word === 'month') && words[at - 1] === 'next') return `next ${word}`;
    if (months.includes(word)) {
      const around = [...words.slice(Math.max(0, at - 4), at), ...words.slice(at + 1, at + 3)];
      const day = around.filter(
        (other) =>
          ordinals.includes(other) ||
          /^\d{1,2}(?:st|nd|rd|th)?$/.test(other) ||
          other === 'twenty' ||
          other === 'thirty',
      );
      if (day.length > 0) return `the ${day.join(' ')} of ${capitalised(word)}`;
    }
  }
  return undefined;
}

/** Digits with the single letters in front of them, as `b 4 5 2` in an order number; or what is written together, as `b452`. */
function identifierIn(words: readonly string[], minDigits: number): string | undefined {
  const written = words.find(
    (word) => /^[a-z]{1,4}\d[a-z\d]*$/.test(word) && word.replace(/\D/g, '').length >= minDigits,
  );
  if (written !== undefined) return written.toUpperCase();
  const digits = digitsIn(words);
  if (digits.length < minDigits) return undefined;
  const letters = words.filter(
    (word, at) => /^[b-z]$/.test(word) && word !== 'i' && word !== 'o' && at < words.length - 1,
  );
  return letters.map((letter) => letter.toUpperCase()).join('') + digits;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
