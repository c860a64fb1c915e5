/**
 * Letters said one by one: names that are spelled, initialisms, and codes of letters and digits.
 *
 * A spelled word is written with hyphens, S-M-I-T-H: it shows that it was spelled, loses nothing, and a reader or a
 * language model still sees single letters where the recogniser may have missed one. Known initialisms and codes are
 * joined, as USA and BA249.
 */
import { numberRunAt } from './number-run.js';
import { follows, wordSet, type Rewrite } from './written-span.js';

const initialisms = wordSet(
  'www usa uk us eu un tv pc id ceo cfo cto atm pin fbi cia nasa ibm bbc cnn nato usb gps vip dvd cd faq hr it dj ai ac rsvp asap sms url pdf wifi ups dhl usps dna abc nbc cbs hiv mri phd mba ps irs dmv ssn zip nyc la dc jfk lax bmw vw kfc nba nfl nhl api vpn lte sim suv rv gmt utc',
);
const codeContext = wordSet(
  'flight gate seat room order number code reference ref confirmation booking id ticket plate license postcode zip model part serial tracking account policy invoice case row platform terminal unit apartment suite',
);
/** Single letters that are words too: alone they are no code. */
const wordLetters = wordSet('a i o');
const longestRun = 32;

interface LetterRead {
  readonly letters: string;
  readonly end: number;
  /** Letters that came with a word to name them by, or doubled. */
  readonly isNamed: boolean;
}

/** Spelled letters, or a code that begins with letters. */
export function letterRunAt(words: readonly string[], at: number): Rewrite | undefined {
  const first = letterAt(words, at);
  if (!first) return undefined;
  const code = codeAt(words, at);
  if (code) return code;
  let letters = '';
  let namedCount = 0;
  let end = at;
  for (let count = 0; count < longestRun; count += 1) {
    const next = letterAt(words, end);
    if (!next) break;
    letters += next.letters;
    namedCount += next.isNamed ? 1 : 0;
    end = next.end;
  }
  // The last letter may be the article or the pronoun of what follows: `t v i like`, `p s i love you`.
  const isShort = letters.length < 4 || initialisms.has(letters.slice(0, -1));
  const endsInWord = wordLetters.has(words[end - 1] ?? '') && words[end] !== undefined && letters.length > 1;
  if (endsInWord && isShort && !initialisms.has(letters)) {
    letters = letters.slice(0, -1);
    end -= 1;
  }
  if (namedCount === 0 && initialisms.has(letters) && letters.length > 1) {
    return { end, text: letters.toUpperCase() };
  }
  if (letters.length === 1) return isNamedAlone(words, at, first) ? { end, text: letters.toUpperCase() } : undefined;
  // Two letters are as often `q and`, `e g` or a slip.
  return letters.length === 2 && namedCount === 0
    ? { end, text: null }
    : { end, text: [...letters.toUpperCase()].join('-') };
}

/** A code that begins with a number is the number rules' affair; here letters come first: `b a two four nine`. */
function codeAt(words: readonly string[], at: number): Rewrite | undefined {
  let text = '';
  let digitCount = 0;
  let letterCount = 0;
  let end = at;
  for (let count = 0; count < longestRun; count += 1) {
    const word = words[end] ?? '';
    const run = word === 'o' && digitCount === 0 ? undefined : numberRunAt(words, end);
    if (run) {
      const digits = run.chunks.map((chunk) => chunk.digits).join('');
      text += digits;
      digitCount += digits.length;
      end = run.end;
      continue;
    }
    if (!/^[a-z]$/u.test(word)) break;
    // Letters after the digits belong to the code only when more digits follow, or one stands at the very end.
    if (digitCount > 0 && !numberRunAt(words, end + 1) && words[end + 1] !== undefined) break;
    text += word.toUpperCase();
    letterCount += 1;
    end += 1;
  }
  if (digitCount === 0) return undefined;
  const inContext = follows(words, at, { after: codeContext, reach: 3 });
  if (!inContext && wordLetters.has(words[at]!) && /^[A-Z]\d/u.test(text)) return undefined;
  if (!inContext && (digitCount < 2 || letterCount > 4)) return undefined;
  return { end, text };
}

/** `s`, `double l`, `b as in bravo`, `b for bravo`. */
function letterAt(words: readonly string[], at: number): LetterRead | undefined {
  const word = words[at] ?? '';
  const next = words[at + 1] ?? '';
  if ((word === 'double' || word === 'triple') && /^[a-z]$/u.test(next)) {
    return { letters: next.repeat(word === 'double' ? 2 : 3), end: at + 2, isNamed: false };
  }
  if (!/^[a-z]$/u.test(word)) return undefined;
  const nameAt = next === 'as' && words[at + 2] === 'in' ? at + 3 : next === 'for' || next === 'like' ? at + 2 : at;
  const name = words[nameAt] ?? '';
  const isName = nameAt > at && name.length > 1 && name.startsWith(word) && name !== 'instance';
  return isName ? { letters: word, end: nameAt + 1, isNamed: true } : { letters: word, end: at + 1, isNamed: false };
}

/** `b for bravo` alone; `a` and `i` begin too many other phrases for that. */
function isNamedAlone(words: readonly string[], at: number, read: LetterRead): boolean {
  return read.isNamed && (words[at + 1] === 'as' || !wordLetters.has(words[at]!));
}
