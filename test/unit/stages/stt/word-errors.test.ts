import t from 'tap';
import { sumWordErrors, wordErrorRate, wordErrors } from '../../../../src/stages/stt/word-errors.js';

t.test('counts of the shortest edit', (t) => {
  const table: readonly [reference: string, found: string, s: number, d: number, i: number][] = [
    ['a b c', 'a b c', 0, 0, 0],
    ['a b c', 'a x c', 1, 0, 0],
    ['a b c', 'a c', 0, 1, 0],
    ['a b c', 'a b b c', 0, 0, 1],
    ['a b c', '', 0, 3, 0],
    ['', 'a b', 0, 0, 2],
    ['the cat sat', 'cat sat down', 0, 1, 1],
  ];
  const split = (text: string): string[] => (text === '' ? [] : text.split(' '));
  for (const [reference, found, substitutions, deletions, insertions] of table) {
    t.strictSame(
      wordErrors(split(reference), split(found)),
      { substitutions, deletions, insertions, words: split(reference).length },
      `${reference} → ${found}`,
    );
  }
  t.equal(wordErrorRate(sumWordErrors([wordErrors(['a', 'b'], ['a']), wordErrors(['c', 'd'], ['c', 'd'])])), 0.25);
  t.equal(wordErrorRate(wordErrors([], [])), 0);
  t.end();
});
