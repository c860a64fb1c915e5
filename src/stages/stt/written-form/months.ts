/**
 * The months by name.
 */
import { wordSet } from './written-span.js';

const months = wordSet('january february march april may june july august september october november december');

export function isMonth(word: string): boolean {
  return months.has(word);
}

/** `june` as June. */
export function monthName(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
