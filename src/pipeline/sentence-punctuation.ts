/**
 * What a punctuation mark after a word means for speech: the end of a sentence, of a clause, or nothing.
 *
 * Pure. Knows abbreviations, initials, ordinals and quotes in the languages Attune answers in. When a mark can mean both,
 * the character that follows decides.
 */

export type Boundary = 'sentence' | 'clause' | 'none';

export interface WordInContext {
  /** Without white space, with its punctuation and quotes. */
  readonly word: string;
  /** White space between the word and the next one; empty between CJK characters. */
  readonly gap: string;
  /** First character of the next word; empty at the end of the text. */
  readonly next: string;
  /** BCP 47. */
  readonly locale: string;
}

/** Never at the end of a sentence: more follows. */
const leadingAbbreviations = new Set(
  (
    'dr mr mrs ms mx prof rev hon st ste sgt capt lt col gen gov sen rep pres vs cf viz ca approx dept ' +
    'e.g i.e eg ie z.b d.h u.a bzw ggf evtl hr fr str sr sra srta ud uds p.ej'
  ).split(' '),
);
/** Abbreviations only in front of a number. */
const numberAbbreviations = new Set('no nr fig vol pp p ext tel núm pág'.split(' '));
/** Both inside a sentence and at its end. */
const trailingAbbreviations = new Set('etc inc ltd co corp jr sr al min max sec hrs a.m p.m am pm usw'.split(' '));
/** Write the ordinal as a number with a dot: `3. Oktober`. */
const dottedOrdinalLanguages = new Set([
  'de',
  'da',
  'nb',
  'nn',
  'no',
  'fi',
  'cs',
  'sk',
  'sl',
  'hr',
  'hu',
  'pl',
  'et',
  'tr',
]);

const closers = /["'”’»›」』)\]）】》]+$/u;
const openers = /^["'“‘«‹„「『([（【《¿¡]+/u;

/** The boundary after a word. */
export function boundaryAfter(context: WordInContext): Boundary {
  const { gap, next } = context;
  if (/\n\s*\n/.test(gap) || next === '') return 'sentence';
  const bare = context.word.replace(closers, '');
  if (/[。！？｡]$/u.test(bare)) return 'sentence';
  if (/[，、；：､]$/u.test(bare)) return 'clause';
  if (gap === '') return 'none';
  if (/[!?]$/.test(bare)) return startsSentence(next) ? 'sentence' : 'clause';
  if (/(?:\.\.+|…)$/.test(bare)) return startsSentence(next) ? 'sentence' : 'clause';
  if (bare.endsWith('.')) return boundaryAfterDot(bare.slice(0, -1).replace(openers, ''), context);
  if (/[,;:—–]$/.test(bare) || bare === '-' || gap.includes('\n')) return 'clause';
  return 'none';
}

function boundaryAfterDot(stem: string, { next, locale }: WordInContext): Boundary {
  const word = stem.toLowerCase();
  if (leadingAbbreviations.has(word) || (/^\p{Lu}$/u.test(stem) && stem !== 'I')) return 'none';
  if (numberAbbreviations.has(word) && /\d/.test(next)) return 'none';
  if (/^\d{1,2}$/.test(stem) && dottedOrdinalLanguages.has(locale.split('-')[0] ?? '')) return 'none';
  // `U.S.`, `a.m.`, `etc.`: the next word tells.
  if (trailingAbbreviations.has(word) || /^\p{L}(?:\.\p{L})+$/u.test(stem))
    return startsSentence(next) ? 'sentence' : 'none';
  return 'sentence';
}

/** Anything but a lower-case letter can begin a sentence. */
function startsSentence(character: string): boolean {
  return !/\p{Ll}/u.test(character);
}
