import t from 'tap';
import { PhraseAutomaton, type WeightedPhrase } from '../../../../src/stages/stt/phrase-automaton.js';

const [a, b, c, d, x] = [1, 2, 3, 4, 70_000];

const tables: readonly {
  readonly name: string;
  readonly phrases: readonly WeightedPhrase[];
  readonly rows: readonly (readonly [words: readonly number[], sum: number, pending: number])[];
}[] = [
  {
    name: 'one phrase of three words',
    phrases: [{ words: [a, b, x], wordBonus: 2 }],
    rows: [
      [[], 0, 0],
      [[a], 2, 2],
      [[a, b], 4, 4],
      [[a, b, x], 6, 0],
      [[a, b, x, d], 6, 0],
      [[a, b, d], 0, 0],
      [[a, a], 2, 2],
      [[a, b, a, b, x], 6, 0],
      [[b, x], 0, 0],
    ],
  },
  {
    name: 'a phrase and its longer sister share what they have in common',
    phrases: [
      { words: [a], wordBonus: 3 },
      { words: [a, b], wordBonus: 3 },
      { words: [a, b, c, d], wordBonus: 3 },
    ],
    rows: [
      [[a], 3, 0],
      [[a, b], 6, 0],
      [[a, b, c], 9, 3],
      [[a, b, c, a], 9, 0],
      [[a, b, c, d], 12, 0],
    ],
  },
  {
    name: 'a phrase inside the one that breaks off is kept',
    phrases: [
      { words: [a, b, c], wordBonus: 1 },
      { words: [b], wordBonus: 1 },
      { words: [b, d], wordBonus: 5 },
    ],
    rows: [
      [[a, b], 2, 1],
      [[a, b, x], 1, 0],
      [[a, b, d], 10, 0],
      [[a, b, c], 3, 0],
    ],
  },
];

for (const { name, phrases, rows } of tables) {
  t.test(name, (t) => {
    const automaton = new PhraseAutomaton(phrases);
    for (const [words, sum, pending] of rows) {
      let node = 0;
      let total = 0;
      for (const word of words) {
        node = automaton.step(node, word);
        total += automaton.gain;
      }
      t.equal(total, sum, `${words.join(' ')} has earned ${sum}`);
      t.equal(automaton.pending[node], pending, `${words.join(' ')} may lose ${pending}`);
    }
    t.end();
  });
}

t.test('words that continue a phrase, also one that began later', (t) => {
  const automaton = new PhraseAutomaton([
    { words: [a, b, c], wordBonus: 1 },
    { words: [b, d], wordBonus: 1 },
  ]);
  t.strictSame(automaton.continuations(0), []);
  t.strictSame(automaton.continuations(automaton.step(automaton.step(0, a), b)), [c, d]);
  t.end();
});
