/**
 * Turns of phrase with number words in them that are no numbers: they stay as they are said.
 *
 * Small numbers stay words anyway, so only those are listed that another rule would take.
 */
import type { Rewrite } from './written-span.js';

const phrases = [
  'one in a million',
  'thanks a million',
  'ten to one',
  'nine times out of ten',
  'ninety nine times out of a hundred',
  'one hundred and one things',
  'fifty fifty',
  'twenty twenty vision',
  'hindsight is twenty twenty',
  'catch twenty two',
  'forty winks',
  'the eleventh hour',
  'my two cents',
  'two cents worth',
  'for two pins',
  'one two three go',
  'a one two three',
  'on second thought',
  'second to none',
  'at first',
  'first of all',
  'no one',
  'one another',
  'for one thing',
  'plus one',
  'dot com bubble',
].map((phrase) => phrase.split(' '));

const byFirstWord = new Map<string, (readonly string[])[]>();
for (const phrase of phrases) byFirstWord.set(phrase[0]!, [...(byFirstWord.get(phrase[0]!) ?? []), phrase]);

/** Keeps the words of an idiom. */
export function idiomAt(words: readonly string[], at: number): Rewrite | undefined {
  const found = byFirstWord
    .get(words[at] ?? '')
    ?.find((phrase) => phrase.every((word, index) => words[at + index] === word));
  return found && { end: at + found.length, text: null };
}
