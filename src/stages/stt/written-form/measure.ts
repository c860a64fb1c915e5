/**
 * Numbers with a unit: percent, measures, degrees, spans of time. They are written in digits whatever their size.
 *
 * `one` stays a word before a unit (`one day`), and fractions stay words but for `two and a half kilometers`.
 */
import { decimalsAt, quantityAt, type Quantity } from './quantity.js';
import { wordSet, type Rewrite } from './written-span.js';

const abbreviations: readonly (readonly [said: string, text: string])[] = [
  ['miles per hour', 'mph'],
  ['miles an hour', 'mph'],
  ['kilometers per hour', 'km/h'],
  ['kilometres per hour', 'km/h'],
  ['kilometers an hour', 'km/h'],
  ['degrees celsius', '°C'],
  ['degrees centigrade', '°C'],
  ['degrees fahrenheit', '°F'],
  ['kilograms', 'kg'],
  ['kilogram', 'kg'],
  ['kilos', 'kg'],
  ['kilo', 'kg'],
  ['grams', 'g'],
  ['milligrams', 'mg'],
  ['kilometers', 'km'],
  ['kilometres', 'km'],
  ['kilometer', 'km'],
  ['centimeters', 'cm'],
  ['centimetres', 'cm'],
  ['millimeters', 'mm'],
  ['millimetres', 'mm'],
  ['meters', 'm'],
  ['metres', 'm'],
  ['milliliters', 'ml'],
  ['gigabytes', 'GB'],
  ['megabytes', 'MB'],
  ['terabytes', 'TB'],
  ['kilobytes', 'kB'],
  ['megahertz', 'MHz'],
  ['gigahertz', 'GHz'],
  ['kilowatts', 'kW'],
  ['milliseconds', 'ms'],
];
const abbreviationsByWord = new Map<string, (readonly [said: readonly string[], text: string])[]>();
for (const [said, text] of abbreviations) {
  const parts = said.split(' ');
  abbreviationsByWord.set(parts[0]!, [...(abbreviationsByWord.get(parts[0]!) ?? []), [parts, text]]);
}
/** Units that are written out. */
const units = wordSet(
  'seconds minutes hours days weeks months years miles feet inches yards ounces degrees liters litres gallons acres volts watts calories knots',
);

/** A measured quantity, or a range of them, that begins at `at`. */
export function measureAt(words: readonly string[], at: number): Rewrite | undefined {
  const quantity = quantityAt(words, at) ?? belowOneAt(words, at);
  if (!quantity) return undefined;
  const range = rangeAt(words, at, quantity);
  if (range) return range;
  const half = words.slice(quantity.end, quantity.end + 3).join(' ') === 'and a half';
  const end = half ? quantity.end + 3 : quantity.end;
  const text = half ? `${quantity.text}.5` : quantity.text;
  const unit = unitAt(words, end);
  if (!unit || (half && (!unit.isAbbreviated || !quantity.isPlain))) return undefined;
  return { end: unit.end, text: text + unit.text };
}

/** `five to ten people`, `two or three days`: both in digits when one is ten or more or a unit follows. */
function rangeAt(words: readonly string[], at: number, first: Quantity): Rewrite | undefined {
  const joint = words[first.end] ?? '';
  const isJoint = joint === 'to' || joint === 'or' || (joint === 'and' && words[at - 1] === 'between');
  const second = isJoint ? quantityAt(words, first.end + 1) : undefined;
  if (!second || !first.isPlain || !second.isPlain) return undefined;
  const unit = unitAt(words, second.end);
  // Falling numbers without a unit are odds, scores or a time.
  if (!unit && (second.value <= first.value || first.value >= 10 === second.value >= 10)) return undefined;
  return { end: unit?.end ?? second.end, text: `${first.text} ${joint} ${second.text}${unit?.text ?? ''}` };
}

function unitAt(
  words: readonly string[],
  at: number,
): { readonly text: string; readonly end: number; readonly isAbbreviated: boolean } | undefined {
  const word = words[at] ?? '';
  if (word === 'percent') return { text: '%', end: at + 1, isAbbreviated: true };
  if (word === 'per' && words[at + 1] === 'cent') return { text: '%', end: at + 2, isAbbreviated: true };
  const short = abbreviationsByWord
    .get(word)
    ?.find(([said]) => said.every((part, index) => words[at + index] === part));
  if (short) {
    return { text: ` ${short[1]}`, end: at + short[0].length, isAbbreviated: true };
  }
  return units.has(word) ? { text: ` ${word}`, end: at + 1, isAbbreviated: false } : undefined;
}

/** `point five percent`: only with a unit, for a point is many things. */
function belowOneAt(words: readonly string[], at: number): Quantity | undefined {
  if (words[at] !== 'point') return undefined;
  const decimals = decimalsAt(words, at + 1);
  return (
    decimals && {
      text: `0.${decimals.digits}`,
      value: Number(`0.${decimals.digits}`),
      end: decimals.end,
      isPlain: false,
    }
  );
}
