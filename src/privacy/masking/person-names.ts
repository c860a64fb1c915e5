/**
 * Names of people: introduced (`my name is …`), addressed (`Mrs …`), or known as given names.
 *
 * A recogniser writes no capitals one can trust, so lower case counts too; what is a word of every day as well needs a cue or a
 * capital in the middle of a sentence.
 */
import { doubtfulNames, givenNames } from './given-names.js';
import type { PersonalSpan } from './personal-span.js';
import { isCapitalised, mayBeginSentence, type TextToken } from './text-token.js';

const introductions: Readonly<Record<string, readonly (readonly string[])[]>> = {
  en: [
    ['first', 'name'],
    ['last', 'name'],
    ['family', 'name'],
    ['middle', 'name'],
    ['his', 'name', 'is'],
    ['her', 'name', 'is'],
    ['the', 'name', 'was'],
    ['his', 'name', 'was'],
    ['her', 'name', 'was'],
    ['my', 'name', 'is'],
    ['my', "name's"],
    ["name's"],
    ['the', 'name', 'is'],
    ['i', 'am', 'called'],
    ["i'm", 'called'],
    ['call', 'me'],
    ['speaking', 'with'],
    ['spoke', 'to'],
    ['spoke', 'with'],
    ['talked', 'to'],
    ['this', 'is'],
    ['name', 'of'],
    ['named'],
    ['last', 'name', 'is'],
    ['surname', 'is'],
    ['first', 'name', 'is'],
    ['maiden', 'name', 'is'],
    ['account', 'holder', 'is'],
    ['on', 'behalf', 'of'],
  ],
  de: [
    ['nachname'],
    ['vorname'],
    ['familienname'],
    ['name', 'ist'],
    ['name', 'war'],
    ['mein', 'name', 'ist'],
    ['ich', 'heiße'],
    ['ich', 'heisse'],
    ['hier', 'ist'],
    ['hier', 'spricht'],
    ['nachname', 'ist'],
    ['vorname', 'ist'],
    ['name', 'lautet'],
    ['ich', 'bin', 'die'],
    ['ich', 'bin', 'der'],
    ['auf', 'den', 'namen'],
  ],
  es: [
    ['apellido'],
    ['apellidos'],
    ['nombre', 'es'],
    ['nombre', 'era'],
    ['me', 'llamo'],
    ['mi', 'nombre', 'es'],
    ['mi', 'apellido', 'es'],
    ['se', 'llama'],
    ['habla'],
    ['soy'],
    ['a', 'nombre', 'de'],
    ['de', 'parte', 'de'],
  ],
};
/** After these a word is a name only when it is known as one, or has a capital in text that has capitals. */
const weakIntroductions = new Set([
  'this is',
  'call me',
  'spoke to',
  'talked to',
  'hier ist',
  'ich bin die',
  'ich bin der',
  'soy',
  'habla',
  'on behalf of',
  'named',
  'de parte de',
  'spoke with',
  'speaking with',
  'name of',
]);
const titles: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set('mr mrs ms miss mister dr doctor professor sir madam'.split(' ')),
  de: new Set('herr herrn frau dr doktor professor'.split(' ')),
  es: new Set('señor señora señorita sr sra don doña doctor doctora'.split(' ')),
};
/** Also words of every day: `I miss him`, `ask a doctor soon`. */
const weakTitles = new Set([
  'miss',
  'doctor',
  'professor',
  'sir',
  'madam',
  'mister',
  'doktor',
  'señor',
  'señora',
  'señorita',
  'doctora',
  'frau',
]);
/** Between the parts of a name. */
const particles = new Set("van von der den de del la las los di da o' mac bin al el und y".split(' '));
const notNames = new Set(
  (
    'a an the and or but so not is are was i you he she it we they my your his her our their this that there here in on at of for to from with about by as if ' +
    'calling speaking phoning from now please very really just because again still also too what which who when where why how no yes okay ok well ' +
    'late wrong right great good bad fine ready sorry happy sad angry upset done ridiculous unacceptable urgent important terrible nonsense back later tomorrow today anything something nothing everything ' +
    'ich du er sie es wir ihr und oder aber nicht ist sind war ein eine der die das den dem aus von bei mit zum zur jetzt bitte noch mal hier da sehr so ' +
    'yo tú él ella nosotros y o pero no es son era un una el la los las de del con por para en al muy ya aquí señor señora ' +
    'first last middle family maiden name surname vorname nachname apellido nombre one two three four five six seven eight nine zero spelled spelt buchstabiert'
  ).split(' '),
);
/** After somebody's own name. */
const callerWords = new Set(['speaking', 'calling', 'apparat']);
const sayingWords = new Set('said says told promised called sagte meinte dijo prometió'.split(' '));
const months = new Set(
  'january february march april may june july august september october november december'.split(' '),
);
/** `Herr Professor Doktor`. */
const mostTitles = 3;
const mostParticles = 2;
const mostNameTokens = 4;

export function findNames(text: string, tokens: readonly TextToken[], language: string): readonly PersonalSpan[] {
  const hasCapitals =
    !isShouted(text) && tokens.some((token) => isCapitalised(token) && !mayBeginSentence(token) && token.text !== 'I');
  const spans: PersonalSpan[] = [];
  let at = 0;
  while (at < tokens.length) {
    const end = nameEnd(tokens, at, language, hasCapitals);
    if (end !== undefined)
      spans.push({ kind: 'name', startChar: tokens[end.first]!.startChar, endChar: tokens[end.last]!.endChar });
    at = end === undefined ? at + 1 : end.last + 1;
  }
  return spans;
}

interface NamePlace {
  readonly first: number;
  readonly last: number;
}

/** The name whose cue, title or first part is at the token. */
function nameEnd(
  tokens: readonly TextToken[],
  at: number,
  language: string,
  hasCapitals: boolean,
): NamePlace | undefined {
  const token = tokens[at]!;
  const cue = (introductions[language] ?? introductions['en']!)
    .filter((words) => words.every((word, offset) => tokens[at + offset]?.word.replace('’', "'") === word))
    .sort((a, b) => b.length - a.length)[0];
  if (cue !== undefined) {
    const first = skippingTitles(tokens, at + cue.length, language);
    const isWeak = weakIntroductions.has(cue.join(' ')) && first === at + cue.length;
    if (mayBeName(tokens[first], hasCapitals, isWeak && !speaksOfThemselves(tokens, first)))
      return { first, last: lastPart(tokens, first, hasCapitals, true) };
  }
  if (titles[language]?.has(token.word) === true) {
    const first = skippingTitles(tokens, at, language);
    const next = tokens[first];
    const isWeak = weakTitles.has(token.word) && first === at + 1;
    if (
      next !== undefined &&
      first > at &&
      (mayBeName(next, hasCapitals, isWeak) || (hasCapitals && isParticleName(tokens, first))) &&
      !/[,;!?]/u.test(next.gap)
    )
      return { first: at, last: lastPart(tokens, first, hasCapitals, false) };
  }
  const isKnown = givenNames.has(token.word) && !doubtfulNames.has(token.word);
  const isMeant =
    doubtfulNames.has(token.word) &&
    (sayingWords.has(tokens[at + 1]?.word ?? '') ||
      (hasCapitals && isCapitalised(token) && !mayBeginSentence(token) && !isMonthOrPlace(tokens, at)));
  return isKnown || isMeant ? { first: at, last: lastPart(tokens, at, hasCapitals, false) } : undefined;
}

function skippingTitles(tokens: readonly TextToken[], from: number, language: string): number {
  let at = from;
  while (at < from + mostTitles && titles[language]?.has(tokens[at]?.word ?? '') === true) at += 1;
  return at;
}

/** `van der Berg`: begins in lower case and is a name all the same. */
function isParticleName(tokens: readonly TextToken[], first: number): boolean {
  let at = first;
  while (at < first + mostParticles && particles.has(tokens[at]?.word ?? '')) at += 1;
  const name = tokens[at];
  return at > first && name !== undefined && isCapitalised(name) && !notNames.has(name.word);
}

function mayBeName(token: TextToken | undefined, hasCapitals: boolean, isWeak: boolean): boolean {
  if (
    token === undefined ||
    /^\p{N}/u.test(token.text) ||
    notNames.has(token.word) ||
    /[.!?;:\n]/u.test(token.gap.replace(/^\. /, ' '))
  )
    return false;
  if (isKnownName(token)) return true;
  if (isWeak) return hasCapitals && isCapitalised(token);
  return !hasCapitals || isCapitalised(token);
}

function isKnownName({ word }: TextToken): boolean {
  return givenNames.has(word) || doubtfulNames.has(word);
}

/** Capitals say nothing in a text that is all capitals. */
function isShouted(text: string): boolean {
  let [upper, lower] = [0, 0];
  for (const sign of text) {
    if (/\p{Lu}/u.test(sign)) upper += 1;
    else if (/\p{Ll}/u.test(sign)) lower += 1;
  }
  return upper > lower;
}

/** How far the name goes: capitals while there are any, after a cue one more word in lower case that is no word of every day. */
function lastPart(tokens: readonly TextToken[], first: number, hasCapitals: boolean, isCued: boolean): number {
  let last = first;
  while (last + 1 < tokens.length && last - first < mostNameTokens) {
    const next = tokens[last + 1]!;
    if (!/^(?: |-|\. )$/u.test(next.gap) || /^\p{N}/u.test(next.text)) break;
    if (hasCapitals && isCapitalised(next) && !notNames.has(next.word) && next.text.length > 1) last += 1;
    else if (hasCapitals && particles.has(next.word) && isParticleName(tokens, last + 1)) last += 1;
    else if (!hasCapitals && isCued && last === first && !notNames.has(next.word)) last += 1;
    else if (!hasCapitals && isKnownName(next) && !doubtfulNames.has(next.word)) last += 1;
    else break;
  }
  return last;
}

/** `this is kowalski speaking`: what follows says that it was a name. */
function speaksOfThemselves(tokens: readonly TextToken[], name: number): boolean {
  return tokens.slice(name + 1, name + 4).some(({ word }) => callerWords.has(word));
}

/** `in May`, `April and May`, `in Austin`. */
function isMonthOrPlace(tokens: readonly TextToken[], at: number): boolean {
  const before = tokens[at - 1]?.word ?? '';
  if (!months.has(tokens[at]!.word)) return before === 'in';
  return (
    /^(?:in|on|of|since|until|by|last|next|this|im|seit|bis|en|de|to|from)$/.test(before) ||
    months.has(tokens[at - 2]?.word ?? '') ||
    months.has(tokens[at + 2]?.word ?? '') ||
    /^\p{N}/u.test(tokens[at + 1]?.text ?? '')
  );
}
