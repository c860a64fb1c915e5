import t from 'tap';
import { alignWords, sumWordErrors, wordErrorRate, wordErrors } from '../../../../src/stages/stt/word-errors.js';

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

t.test('pairs of the shortest edit', (t) => {
  const table: readonly [reference: string, found: string, pairs: string][] = [
    ['a b c', 'a b c', 'a=a b=b c=c'],
    ['a b c', 'a x c', 'a=a b=x c=c'],
    ['a b c', 'a c', 'a=a b=- c=c'],
    ['a c', 'a b c', 'a=a -=b c=c'],
    ['', 'a b', '-=a -=b'],
    ['a b', '', 'a=- b=-'],
    ['', '', ''],
    ['the cat sat on', 'cat sit on it', 'the=- cat=cat sat=sit on=on -=it'],
  ];
  const split = (text: string): string[] => (text === '' ? [] : text.split(' '));
  for (const [reference, found, pairs] of table) {
    const [said, heard] = [split(reference), split(found)];
    const shown = alignWords(said, heard).map(
      (pair) => `${said[pair.reference ?? -1] ?? '-'}=${heard[pair.found ?? -1] ?? '-'}`,
    );
    t.equal(shown.join(' '), pairs, `${reference} → ${found}`);
  }
  t.end();
});
