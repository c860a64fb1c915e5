/**
 * A count on the command line.
 */
import { InvalidArgumentError } from 'commander';

/** Of commander's options: 1 or more. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/u.test(text) || value < 1) throw new InvalidArgumentError('It is not a whole number of 1 or more.');
  return value;
}
