/**
 * Sums that a caller asks for in passing: `what is twelve times seven`, `fifteen percent of eighty`.
 *
 * Pure. Reads numbers and operators from left to right, multiplication before addition; anything else is not a sum.
 */
import { quantitiesIn } from './spoken-number.js';

type Operator = '+' | '-' | '*' | '/';

const operators: readonly (readonly [words: readonly string[], operator: Operator])[] = [
  [['plus'], '+'],
  [['added', 'to'], '+'],
  [['and'], '+'],
  [['minus'], '-'],
  [['less'], '-'],
  [['times'], '*'],
  [['multiplied', 'by'], '*'],
  [['x'], '*'],
  [['percent', 'of'], '*'],
  [['divided', 'by'], '/'],
  [['over'], '/'],
];

/** The answer as a sentence to speak; undefined when the words are no sum. */
export function answerSum(words: readonly string[]): string | undefined {
  const numbers = quantitiesIn(words);
  const first = numbers[0];
  if (!first || numbers.length < 2) return undefined;
  const values = [first.value];
  const between: Operator[] = [];
  const said: string[] = [spoken(first.value)];
  for (let index = 1; index < numbers.length; index += 1) {
    // `five minus three` reads as five and minus three; the sign is the operator here.
    const previousEnd = numbers[index - 1]!.end;
    const number = numbers[index]!;
    const signed = number.start === previousEnd && number.value < 0;
    const gap = signed ? ['minus'] : words.slice(previousEnd, number.start);
    const known = operators.find(([operatorWords]) => operatorWords.join(' ') === gap.join(' '));
    if (!known) return undefined;
    const value = signed ? -number.value : number.value;
    if (gap[0] === 'percent') values[values.length - 1] = values.at(-1)! / 100;
    values.push(value);
    between.push(known[1]);
    said.push(gap.join(' '), spoken(value));
  }
  // `two and two` is a sum only when somebody asks for one.
  if (
    between.every((operator) => operator === '+') &&
    said.includes('and') &&
    !words.some((word) => word === 'what' || word === 'much')
  ) {
    return undefined;
  }
  const result = evaluate(values, between);
  if (result === undefined) return 'Nothing can be divided by zero.';
  const rounded = Number(result.toPrecision(8));
  return `${capitalised(said.join(' '))} is ${rounded === result ? '' : 'about '}${spoken(rounded)}.`;
}

function evaluate(values: readonly number[], between: readonly Operator[]): number | undefined {
  const terms = [values[0]!];
  for (let index = 0; index < between.length; index += 1) {
    const value = values[index + 1]!;
    const operator = between[index]!;
    if (operator === '/' && value === 0) return undefined;
    if (operator === '+') terms.push(value);
    else if (operator === '-') terms.push(-value);
    else terms.push(operator === '*' ? terms.pop()! * value : terms.pop()! / value);
  }
  return terms.reduce((sum, term) => sum + term, 0);
}

function spoken(value: number): string {
  return value < 0 ? `minus ${String(-value)}` : String(value);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
