/**
 * Digits as they are said, one by one or in pairs, in the languages that masking knows.
 */

const numbered = (words: string, first = 0): readonly (readonly [string, string])[] =>
  words.split(' ').map((word, index) => [word, String(first + index)] as const);

const english = new Map([
  ...numbered(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  ),
  ['oh', '0'],
  ['o', '0'],
  ['nought', '0'],
  ['naught', '0'],
] as const);
const german = new Map([
  ...numbered(
    'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn',
  ),
  ['zwo', '2'],
  ['ein', '1'],
] as const);
const spanish = new Map(
  numbered(
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve',
  ),
);

const byLanguage: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['en', english],
  ['de', german],
  ['es', spanish],
]);

const englishTens = new Map(numbered('twenty thirty forty fifty sixty seventy eighty ninety', 2));
const spanishTens = new Map(numbered('veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa', 2));
const germanTens = numbered('zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig', 2);

/** `double four`, `triple five`. */
export const repeaters: ReadonlyMap<string, number> = new Map([
  ['double', 2],
  ['triple', 3],
  ['treble', 3],
  ['doppel', 2],
  ['doble', 2],
  ['triple', 3],
]);

/** Digits of one word; undefined when it is none. Tens are `N?`: a unit may follow. */
export function digitsOfWord(word: string, language: string): string | undefined {
  const plain = byLanguage.get(language)?.get(word);
  if (plain !== undefined) return plain;
  const tens = language === 'en' ? englishTens.get(word) : language === 'es' ? spanishTens.get(word) : undefined;
  if (tens !== undefined) return `${tens}?`;
  return language === 'de' ? germanPair(word) : undefined;
}

/** `einundzwanzig` is 21, `zwanzig` 20. */
function germanPair(word: string): string | undefined {
  for (const [name, ten] of germanTens) {
    if (word === name) return `${ten}0`;
    if (!word.endsWith(`und${name}`)) continue;
    const unit = german.get(word.slice(0, -`und${name}`.length));
    if (unit?.length === 1) return ten + unit;
  }
  return undefined;
}

/** Chinese and Japanese digits, said one by one. */
export const hanDigits = '〇零一二三四五六七八九幺';
/** What each of them stands for. */
export const hanValues = '001234567891';
