/**
 * Brings a transcript to the words that count when a recogniser is scored: one spelling for what sounds the same.
 *
 * Rules are data, applied in this order to references and hypotheses alike, and each says in a sentence what it does.
 * A rule looks at one word (a run without spaces) at a time, so that a hypothesis may be brought over word by word and
 * keep its confidences. Contractions are left alone: "do not" for "don't" is an error.
 */
import { cardinalWords, digitWords, longestCardinalDigits, ordinalWords, pluralOf, yearWords } from './number-words.js';

export interface ComparisonRule {
  readonly name: string;
  /** What it does, a sentence for people. */
  readonly sentence: string;
  /** Text to text; several words may come of one. */
  readonly apply: (text: string) => string;
}

export interface ComparisonOptions {
  /** Leaves out sounds of hesitation on both sides. */
  readonly dropFillers: boolean;
}

type Replacement = readonly [pattern: RegExp, replacement: string | ((...parts: string[]) => string)];

/** Digits that are said one by one when they are no more than a string of digits. */
const longestPlainDigits = 6;

const moneyNames: Readonly<
  Record<string, readonly [one: string, many: string, hundredth: string, hundredths: string]>
> = {
  $: ['dollar', 'dollars', 'cent', 'cents'],
  '£': ['pound', 'pounds', 'penny', 'pence'],
  '€': ['euro', 'euros', 'cent', 'cents'],
};

const numberReplacements: readonly Replacement[] = [
  [/([$£€])(\d[\d,]*)(?:\.(\d\d))?(?![\d.])/gu, (_all, sign = '', whole = '', part) => money(sign, whole, part)],
  [/\b(\d{1,2}):00\b/gu, (_all, hours = '') => ` ${cardinalWords(hours)} o'clock `],
  [
    /\b(\d{1,2}):([0-5]\d)\b/gu,
    (_all, hours = '', minutes = '') =>
      ` ${cardinalWords(hours)} ${minutes.startsWith('0') ? 'oh ' : ''}${cardinalWords(minutes)} `,
  ],
  [/\b((?:1[1-9]|20)\d)0'?s\b/gu, (_all, decade = '') => ` ${pluralOf(yearWords(`${decade}0`))} `],
  [/\b([2-9])0'?s\b/gu, (_all, decade = '') => ` ${pluralOf(cardinalWords(`${decade}0`))} `],
  [/\b(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b/gu, (_all, digits = '') => ` ${ordinalWords(bare(digits))} `],
  [
    /(\d{1,3}(?:,\d{3})+|\d+)\.(\d+)/gu,
    (_all, whole = '', part = '') => ` ${number(whole)} point ${digitWords(part)} `,
  ],
  [/\d{1,3}(?:,\d{3})+|\d+/gu, (digits = '') => ` ${number(digits)} `],
];

/** Spellings with the same sound, by whole word. */
const wordVariants: Readonly<Record<string, string>> = {
  ok: 'okay',
  mr: 'mister',
  mrs: 'missus',
  dr: 'doctor',
  prof: 'professor',
  vs: 'versus',
  etc: 'et cetera',
  alright: 'all right',
  percent: 'per cent',
  cannot: 'can not',
  o: 'oh',
  hullo: 'hello',
  hallo: 'hello',
  yeh: 'yeah',
  grey: 'gray',
  greys: 'grays',
  centre: 'center',
  centres: 'centers',
  theatre: 'theater',
  theatres: 'theaters',
  metre: 'meter',
  metres: 'meters',
  kilometre: 'kilometer',
  kilometres: 'kilometers',
  litre: 'liter',
  litres: 'liters',
  fibre: 'fiber',
  tyre: 'tire',
  tyres: 'tires',
  kerb: 'curb',
  plough: 'plow',
  cheque: 'check',
  cheques: 'checks',
  programme: 'program',
  programmes: 'programs',
  catalogue: 'catalog',
  dialogue: 'dialog',
  jewellery: 'jewelry',
  defence: 'defense',
  offence: 'offense',
  licence: 'license',
  practise: 'practice',
  practised: 'practiced',
  practising: 'practicing',
  storey: 'story',
  sceptical: 'skeptical',
  moustache: 'mustache',
  pyjamas: 'pajamas',
  aluminium: 'aluminum',
  enquiry: 'inquiry',
  enquire: 'inquire',
  judgement: 'judgment',
  aeroplane: 'airplane',
};

const variantReplacements: readonly Replacement[] = [
  [
    /\b(arm|behavi|cand|clam|col|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|misdemean|neighb|od|parl|ranc|rig|rum|sav|savi|splend|succ|tum|val|vap|vig)our(s|ed|ing|ite|ites|able|ably|hood|hoods|ly|er|ers|y|less|ful|al)?\b/gu,
    '$1or$2',
  ],
  [
    /\b(agon|apolog|author|central|civil|colon|critic|emphas|final|general|harmon|hospital|local|memor|minim|maxim|modern|normal|organ|popular|real|recogn|special|summar|symbol|sympath|util|visual|victim)is(e|es|ed|ing|ation|ations|er|ers)\b/gu,
    '$1iz$2',
  ],
  [/\b(anal|paral)ys(e|ed|es|ing)\b/gu, '$1yz$2'],
  [
    /\b(cancel|channel|counsel|dial|equal|fuel|jewel|label|level|marvel|model|quarrel|signal|total|travel|tunnel)l(ed|ing|er|ers|ous|or|ors)\b/gu,
    '$1$2',
  ],
  [/\b[a-z']+\b/gu, (word = '') => (Object.hasOwn(wordVariants, word) ? wordVariants[word]! : word)],
];

const fillers = new Set(['uh', 'uhh', 'um', 'umm', 'er', 'erm', 'hm', 'hmm', 'mm', 'mmm', 'ah', 'eh']);

const dropFillers: ComparisonRule = {
  name: 'fillers',
  sentence: `Sounds of hesitation are left out: ${[...fillers].join(', ')}.`,
  apply: (text) =>
    text
      .split(/\s+/u)
      .filter((word) => !fillers.has(word))
      .join(' '),
};

const always: readonly ComparisonRule[] = [
  {
    name: 'case',
    sentence: 'Capitals become small letters, accents are dropped (Café, cafe).',
    apply: (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
  },
  {
    name: 'apostrophes',
    sentence: 'Curly apostrophes become straight ones; one at the edge of a word is dropped (’tis, boys’).',
    apply: replacing([
      [/[‘’‛`´′]/gu, "'"],
      [/(?<![\p{L}\p{N}])'+|'+(?![\p{L}\p{N}])/gu, ' '],
    ]),
  },
  {
    name: 'joined words',
    sentence: 'Old hyphens are closed: to-day, to-night, to-morrow, good-bye, e-mail, co-operate.',
    apply: replacing([
      [/\bto-(day|night|morrow)\b/gu, 'to$1'],
      [/\b(good|e|co)-(bye|mails?|operat\w+|ordinat\w+)\b/gu, '$1$2'],
    ]),
  },
  {
    name: 'symbols',
    sentence: 'Symbols are read out: & and, @ at, % per cent, + plus, = equals, ° degrees, # number.',
    apply: replacing([
      [/&/gu, ' and '],
      [/@/gu, ' at '],
      [/%/gu, ' per cent '],
      [/\+/gu, ' plus '],
      [/=/gu, ' equals '],
      [/°/gu, ' degrees '],
      [/#(?=\d)/gu, ' number '],
    ]),
  },
  {
    name: 'numbers',
    sentence:
      'Digits are read out: 21st twenty first, 2.5 two point five, $5.50 five dollars and fifty cents, 10:05 ten oh five, 1980s nineteen eighties; ' +
      `four digits from 1100 to 2099 are a year (1903 nineteen oh three, 2005 two thousand five); a zero in front or more than ${longestPlainDigits} digits make digits one by one.`,
    apply: replacing(numberReplacements),
  },
  {
    name: 'hyphens and punctuation',
    sentence:
      'Hyphens and dashes part words; all other punctuation is dropped, a full stop inside letters too (u.s., us).',
    apply: replacing([
      [/(?<=\p{L})\.(?=\p{L}(?:\.|\b))/gu, ''],
      [/[^\p{L}\p{N}'\s]+/gu, ' '],
    ]),
  },
  {
    name: 'spelling variants',
    sentence: `One spelling for one sound: British to American by pattern (colour, realise, travelled) and list, ${[
      'ok',
      'mr',
      'mrs',
      'dr',
      'percent',
      'alright',
      'cannot',
    ]
      .map((word) => `${word} ${wordVariants[word] ?? ''}`)
      .join(', ')}.`,
    apply: replacing(variantReplacements),
  },
];

/** The rules in the order they are applied. */
export function comparisonRules(options: ComparisonOptions): readonly ComparisonRule[] {
  return options.dropFillers ? [...always, dropFillers] : always;
}

/** The words of a transcript that are compared; empty for a text without words. */
export function comparableWords(text: string, options: ComparisonOptions): readonly string[] {
  const plain = comparisonRules(options).reduce((rest, rule) => rule.apply(rest), text);
  return plain.split(/\s+/u).filter((word) => word !== '');
}

function replacing(replacements: readonly Replacement[]): (text: string) => string {
  return (text) =>
    replacements.reduce(
      (rest, [pattern, replacement]) =>
        typeof replacement === 'string' ? rest.replace(pattern, replacement) : rest.replace(pattern, replacement),
      text,
    );
}

/** A whole number as it stands in a text: a year, a string of digits or a count. */
function number(written: string): string {
  const digits = bare(written);
  const grouped = written !== digits;
  const longest = grouped ? longestCardinalDigits : longestPlainDigits;
  if (/^0\d/u.test(digits) || digits.length > longest) return digitWords(digits);
  if (!grouped && /^(?:1[1-9]|20)\d\d$/u.test(digits)) return yearWords(digits);
  return cardinalWords(digits);
}

function money(sign: string, whole: string, part: string | undefined): string {
  const [one = '', many = '', hundredth = '', hundredths = ''] = moneyNames[sign] ?? [];
  const count = (digits: string, single: string, several: string): string =>
    `${cardinalWords(digits)} ${Number(digits) === 1 ? single : several}`;
  const wholeText = count(bare(whole), one, many);
  return ` ${part === undefined || part === '00' ? wholeText : `${wholeText} and ${count(part, hundredth, hundredths)}`} `;
}

function bare(digits: string): string {
  return digits.replaceAll(',', '');
}
