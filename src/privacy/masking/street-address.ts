/**
 * Where somebody lives: street and house number, and the postal code beside a town.
 */
import { digitsOfWord } from './digit-words.js';
import type { PersonalSpan } from './personal-span.js';
import { isCapitalised, type TextToken } from './text-token.js';

const englishStreets = new Set(
  'street st road rd avenue ave lane ln drive dr close court ct place pl square sq boulevard blvd way terrace crescent gardens grove highway parkway row mews'.split(
    ' ',
  ),
);
/** Also ordinary words: they need a house number in digits, or a capital. */
const doubtfulStreets = new Set('close court place way drive row st dr'.split(' '));
const germanEndings = /(?:straße|strasse|str|weg|gasse|allee|platz|ring|damm|ufer|chaussee)$/;
const germanPlain = new Set(['weg', 'ring', 'platz', 'damm', 'ufer', 'allee', 'str']);
const spanishStreets = new Set('calle avenida paseo plaza carrera camino ronda travesía avda'.split(' '));
const spanishInner = new Set('de del la las los el san santa'.split(' '));
const notInStreets = new Set(
  'the a an of and to in on at for from with this that is was i you we they by per times way far'.split(' '),
);
const postal =
  /(?<![\p{L}\p{N}])(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{5}(?=,? \p{Lu}\p{L}{2})|(?<=\p{Lu}\p{L}{2,20},? [A-Z]{2} )\d{5}(?:-\d{4})?)(?![\p{L}\p{N}])/gu;
const han =
  /[\p{Script=Han}]{1,12}?(?:路|街|大道|巷|弄)[0-9〇零一二三四五六七八九十百]{1,6}号(?:[0-9〇零一二三四五六七八九十百]{1,5}[室楼栋单元号]{1,2}){0,3}/gu;
const japanese =
  /[\p{Script=Han}ヶケ]{2,10}[0-9〇一二三四五六七八九十]{1,3}(?:丁目|番地|番)(?:の?[0-9〇一二三四五六七八九十]{1,4}(?:番地|番|号|の)?){0,3}/gu;
const mostStreetWords = 3;

export function findAddresses(text: string, tokens: readonly TextToken[], language: string): readonly PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  const add = (startChar: number, endChar: number): void => void spans.push({ kind: 'address', startChar, endChar });
  for (const match of text.matchAll(postal)) add(match.index, match.index + match[0].length);
  if (language === 'zh') for (const match of text.matchAll(han)) add(match.index, match.index + match[0].length);
  if (language === 'ja') for (const match of text.matchAll(japanese)) add(match.index, match.index + match[0].length);
  for (const [index, token] of tokens.entries()) {
    const found =
      (englishStreets.has(token.word) ? english(tokens, index) : undefined) ??
      (language === 'de' && germanEndings.test(token.word) ? german(tokens, index) : undefined) ??
      (language === 'es' && spanishStreets.has(token.word) ? spanish(tokens, index) : undefined);
    if (found !== undefined) add(tokens[found[0]]!.startChar, tokens[found[1]]!.endChar);
  }
  return spans;
}

type Found = readonly [first: number, last: number];

/** `221b Baker Street`, `twelve old mill lane`, with a flat behind it. */
function english(tokens: readonly TextToken[], street: number): Found | undefined {
  const isDoubtful = doubtfulStreets.has(tokens[street]!.word);
  for (let count = 1; count <= mostStreetWords; count += 1) {
    const at = street - count;
    const token = tokens[at];
    if (token === undefined || /[.;!?\n]/u.test(tokens[at + 1]!.gap)) return undefined;
    if (count > 1 && isHouseNumber(token, 'en')) {
      const names = tokens.slice(at + 1, street);
      if (names.some(({ word }) => notInStreets.has(word))) return undefined;
      if (isDoubtful && !(/^\p{Nd}/u.test(token.text) && names.every(isCapitalised))) return undefined;
      let first = at;
      while (first > 0 && isHouseNumber(tokens[first - 1]!, 'en') && tokens[first]!.gap === ' ') first -= 1;
      return [first, street];
    }
    if (isHouseNumber(token, 'en') && count === 1) return undefined;
  }
  return undefined;
}

/** `Hauptstraße 5`, `Am alten Weg 12 b`. */
function german(tokens: readonly TextToken[], street: number): Found | undefined {
  const number = tokens[street + 1];
  if (number === undefined || !isHouseNumber(number, 'de') || !/^\.? $/.test(number.gap)) return undefined;
  const isPlain = germanPlain.has(tokens[street]!.word);
  const isPart = (token: TextToken | undefined): boolean =>
    token !== undefined && (isCapitalised(token) || /^(?:am|an|der|im|alten|alte|zum|zur)$/.test(token.word));
  let first = street;
  while (isPlain && first > street - mostStreetWords && isPart(tokens[first - 1])) first -= 1;
  if (isPlain && first === street) return undefined;
  const letter = tokens[street + 2];
  return [
    first,
    letter !== undefined && /^[a-h]$/i.test(letter.text) && letter.gap.length < 2 ? street + 2 : street + 1,
  ];
}

/** `Calle Mayor 12`, `avenida de la constitución número tres`. */
function spanish(tokens: readonly TextToken[], street: number): Found | undefined {
  let at = street + 1;
  let names = 0;
  while (at < tokens.length && at - street <= 6 && !/[.;!?\n]/u.test(tokens[at]!.gap)) {
    const { word } = tokens[at]!;
    if (isHouseNumber(tokens[at]!, 'es') && names > 0) return [street, at];
    if (!spanishInner.has(word) && word !== 'número') names += 1;
    if (names > mostStreetWords) return undefined;
    at += 1;
  }
  return undefined;
}

function isHouseNumber({ text, word }: TextToken, language: string): boolean {
  if (/^\p{Nd}{1,5}$/u.test(text)) return true;
  const said = digitsOfWord(word, language);
  return said !== undefined && word !== 'o' && word !== 'ein';
}
