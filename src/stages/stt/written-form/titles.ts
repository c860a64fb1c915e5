/**
 * Titles before a name: `mister smith` → Mr. Smith.
 */
import { wordSet, type Rewrite } from './written-span.js';

const titles: ReadonlyMap<string, string> = new Map([
  ['mister', 'Mr.'],
  ['missus', 'Mrs.'],
]);
const noNames = wordSet('i you he she it we they is are was a an the and or but please can could right who what so');

/** A title with something after it that can be a name. */
export function titleAt(words: readonly string[], at: number): Rewrite | undefined {
  const text = titles.get(words[at] ?? '');
  const name = words[at + 1];
  return text === undefined || name === undefined || noNames.has(name) ? undefined : { end: at + 1, text };
}
