/**
 * Amounts of money: `twenty four dollars and fifty cents` → $24.50, `five pounds` → £5, `nine ninety nine dollars` → $9.99.
 *
 * Pounds may be a weight: beside `weighs`, `lost` or `of` they are written out.
 */
import { numberRunAt } from './number-run.js';
import { belowHundredAt } from './number-words.js';
import { quantityAt } from './quantity.js';
import { follows, wordSet, type Rewrite } from './written-span.js';

const symbols: ReadonlyMap<string, string> = new Map([
  ['dollar', '$'],
  ['dollars', '$'],
  ['pound', '£'],
  ['pounds', '£'],
  ['euro', '€'],
  ['euros', '€'],
]);
const smallCoins = wordSet('cent cents penny pennies pence');
const plainCurrencies = wordSet('yen rupees rupee francs pesos peso bucks quid');
const weightBefore = wordSet('weigh weighs weighed weighing lost lose losing gained gain gaining lift lifts lifted');
const weightAfter = wordSet('of heavier lighter overweight per');
const costs = wordSet('cost costs costing priced');

/** An amount that begins at `at`. */
export function moneyAt(words: readonly string[], at: number): Rewrite | undefined {
  return priceAt(words, at) ?? singleAt(words, at) ?? amountOfMoneyAt(words, at);
}

/** `a dollar fifty`; `a dollar` alone stays. */
function singleAt(words: readonly string[], at: number): Rewrite | undefined {
  const symbol = words[at] === 'a' ? symbols.get(words[at + 1] ?? '') : undefined;
  const coins = symbol === undefined ? undefined : coinsAt(words, at + 2);
  return coins && { end: coins.end, text: `${symbol}1.${String(coins.value).padStart(2, '0')}` };
}

function amountOfMoneyAt(words: readonly string[], at: number): Rewrite | undefined {
  const amount = quantityAt(words, at);
  if (!amount) return undefined;
  const unit = words[amount.end] ?? '';
  if (smallCoins.has(unit) || plainCurrencies.has(unit)) return { end: amount.end + 1, text: `${amount.text} ${unit}` };
  const symbol = symbols.get(unit);
  if (symbol === undefined) return undefined;
  const end = amount.end + 1;
  if (symbol === '£' && isWeight(words, at, end)) return { end, text: `${amount.text} ${unit}` };
  const sign = amount.text.startsWith('-') ? '-' : '';
  const text = `${sign}${symbol}${amount.text.slice(sign.length)}`;
  const coins = amount.isPlain ? coinsAt(words, end) : undefined;
  return coins ? { end: coins.end, text: `${text}.${String(coins.value).padStart(2, '0')}` } : { end, text };
}

/** `and fifty cents`, `fifty cents`, or `fifty` with nothing after it that it could count. */
function coinsAt(words: readonly string[], at: number): { readonly value: number; readonly end: number } | undefined {
  const start = words[at] === 'and' ? at + 1 : at;
  const read = belowHundredAt(words, start);
  if (!read) return undefined;
  if (smallCoins.has(words[read.end] ?? '')) return { value: read.value, end: read.end + 1 };
  const isAlone = words[read.end] === undefined || /^(?:for|please|and|in|on|to|from|but|so)$/u.test(words[read.end]!);
  const isJoined = start === at || words[read.end] === undefined;
  return isJoined && read.value >= 10 && isAlone ? read : undefined;
}

/** `nine ninety nine dollars`, `costs nine ninety nine`: prices end in 9 or 5, so that `two fifty` is left alone. */
function priceAt(words: readonly string[], at: number): Rewrite | undefined {
  const run = numberRunAt(words, at);
  const [whole, part] = run?.chunks ?? [];
  if (!run || run.chunks.length !== 2 || !whole || part?.kind !== 'two' || whole.value > 99) return undefined;
  if (whole.kind !== 'digit' && whole.kind !== 'two') return undefined;
  if (part.value % 10 !== 9 && part.value % 10 !== 5) return undefined;
  const amount = `${whole.value}.${part.digits}`;
  const symbol = symbols.get(words[run.end] ?? '');
  if (symbol !== undefined) return { end: run.end + 1, text: symbol + amount };
  return costs.has(words[at - 1] ?? '') || (words[at - 1] === 'at' && words[at - 2] === 'priced')
    ? { end: run.end, text: amount }
    : undefined;
}

function isWeight(words: readonly string[], at: number, end: number): boolean {
  const next = words[end] ?? '';
  const following = [words[end + 1], words[end + 2]];
  return (
    follows(words, at, { after: weightBefore, reach: 3 }) ||
    weightAfter.has(next) ||
    next === 'ounces' ||
    following.includes('ounces')
  );
}
