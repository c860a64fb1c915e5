/**
 * Which runs of digits say who somebody is: cards, phone numbers, and whatever else is too long to be a quantity.
 *
 * Prices, years, dates, times and small numbers stay, for a conversation is about them. Short numbers are masked where the words
 * before them say what they are (`my pin is 4711`).
 */
import { isCardNumber } from './card-number.js';
import { digitRuns, type DigitRun } from './digit-runs.js';
import type { PersonalDataKind, PersonalSpan } from './personal-span.js';
import type { TextToken } from './text-token.js';

const leastPhoneDigits = 7;
const mostPhoneDigits = 15;
const leastNumberDigits = 5;
const leastCuedDigits = 3;
/** Tokens before a number in which a cue for it is looked for. */
const cueReach = 5;

const phoneCues = new Set(
  'phone telephone mobile cell number call ring text fax dial reach telefon telefonnummer handy handynummer nummer rückrufnummer mobilnummer teléfono móvil número llámame 电话 手机 号码 電話 番号 携帯'.split(
    ' ',
  ),
);
const cardCues = new Set(
  'card visa mastercard amex credit debit karte kreditkarte kartennummer tarjeta 卡号 信用卡 カード'.split(' '),
);
const numberCues = new Set(
  (
    'pin code passcode password cvv cvc account customer order reference tracking booking invoice policy ticket case membership member id ssn social passport licence license ' +
    'kundennummer bestellnummer kontonummer auftragsnummer vertragsnummer rechnungsnummer ausweisnummer pin code ' +
    'pedido cuenta cliente referencia contrato factura dni pasaporte código ending endet terminada'
  ).split(' '),
);
/** Words after a number that make it a quantity. */
const units = new Set(
  (
    'percent dollars dollar euros euro pounds pound cents yen yuan bucks kilometers kilometres km miles meters metres kilos kg grams people users years days weeks months hours minutes seconds ' +
    'times points pages steps tons litres degrees prozent kilometer meter jahre tage stunden minuten sekunden leute personen kilo gramm mal ' +
    'por kilómetros metros años días horas minutos personas veces grados'
  ).split(' '),
);
const currency = /[$€£¥]\s?$/u;
const codePattern = /(?<![\p{L}\p{N}])(?=[A-Za-z-]{0,6}\d)[A-Za-z]{1,5}-?\d{4,12}[A-Za-z]?(?![\p{L}\p{N}])/gu;

export function findNumbers(text: string, tokens: readonly TextToken[], language: string): readonly PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  for (const run of digitRuns(text, tokens, language)) {
    const kind = kindOf(run, text, tokens);
    // An identity number may end in its check letter.
    const letter = run.isSpoken || !/^[A-Za-z](?![\p{L}\p{N}])/u.test(text.slice(run.endChar)) ? 0 : 1;
    if (kind !== null) spans.push({ kind, startChar: run.startChar, endChar: run.endChar + letter });
  }
  for (const match of text.matchAll(codePattern))
    spans.push({ kind: 'number', startChar: match.index, endChar: match.index + match[0].length });
  return spans;
}

function kindOf(run: DigitRun, text: string, tokens: readonly TextToken[]): PersonalDataKind | null {
  const { digits } = run;
  // Letters and digits read out: a reference where something says so, or where there is much of it.
  const isReference = run.digits.length >= leastNumberDigits;
  const cues = (words: ReadonlySet<string>): boolean => hasCue(run, text, tokens, words);
  if (run.letterCount > 0)
    return isReference && (digits.length >= leastPhoneDigits || cues(numberCues)) ? 'number' : null;
  if (isCardNumber(digits)) return 'card';
  if (digits.length >= 12 && cues(cardCues)) return 'card';
  if (isQuantity(run, text, tokens)) return null;
  if (digits.length >= leastPhoneDigits && digits.length <= mostPhoneDigits) {
    const isGrouped = !run.isSpoken && run.endToken - run.startToken > 1;
    if (run.isDialled || (digits.startsWith('0') && !cues(numberCues))) return 'phone';
    if ((isGrouped || run.isSpoken || cues(phoneCues)) && !cues(numberCues)) return 'phone';
  }
  if (digits.length >= leastNumberDigits) return 'number';
  return digits.length >= leastCuedDigits && cues(numberCues) ? 'number' : null;
}

/** Money, measures, thousands with commas, and dates. */
function isQuantity(run: DigitRun, text: string, tokens: readonly TextToken[]): boolean {
  if (run.startToken < 0) return /^[元块年月日点度%％公米人个円]/u.test(text.slice(run.endChar, run.endChar + 1));
  const written = text.slice(run.startChar, run.endChar);
  const after = tokens[run.endToken];
  if (currency.test(text.slice(Math.max(0, run.startChar - 2), run.startChar))) return true;
  if (/^\s?[%€$£¥°元円年]/u.test(text.slice(run.endChar, run.endChar + 2))) return true;
  if (after !== undefined && units.has(after.word) && /^\s/.test(after.gap)) return true;
  // The comma of thousands and of decimals joins a number with what follows or precedes it.
  if (/^,\d{3}/.test(text.slice(run.endChar)) || /\d,$/.test(text.slice(Math.max(0, run.startChar - 2), run.startChar)))
    return true;
  // 4.319 is a decimal; 0.1122 too.
  if (/^\d{1,4}\.\d+$/.test(written) && !/^0\d/.test(written)) return true;
  return !run.isDialled && isDate(written);
}

function isDate(written: string): boolean {
  return /^(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)?\d\d|(?:19|20)\d\d ?[-–] ?(?:19|20)?\d\d)$/.test(
    written,
  );
}

function hasCue(run: DigitRun, text: string, tokens: readonly TextToken[], cues: ReadonlySet<string>): boolean {
  if (run.startToken < 0) {
    const before = text.slice(Math.max(0, run.startChar - 8), run.startChar);
    return [...cues].some((cue) => /[^\x00-\u02ff]/.test(cue) && before.includes(cue));
  }
  return tokens.slice(Math.max(0, run.startToken - cueReach), run.startToken).some(({ word }) => cues.has(word));
}
