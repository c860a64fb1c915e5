/**
 * What of the sent sound is taken back: the last of it, to the byte, with the marks that end something of it.
 */
import t from 'tap';
import { UnplayedSpeech } from '../../../../src/protocols/telephony/unplayed-speech.js';

/** Numbered bytes from `from` on. */
const sound = (from: number, count: number) =>
  ({ kind: 'sound', bytes: Uint8Array.from({ length: count }, (_, index) => from + index) }) as const;
const mark = (name: string) => ({ kind: 'mark', name }) as const;

function sent(mostBytes = 100): UnplayedSpeech {
  const unplayed = new UnplayedSpeech({ mostBytes });
  for (const step of [sound(0, 10), mark('a'), sound(10, 10), sound(20, 10), mark('b')]) unplayed.add(step);
  return unplayed;
}

const cases: readonly (readonly [string, number, readonly object[]])[] = [
  ['a part of the last sound, and the mark after it', 3, [sound(27, 3), mark('b')]],
  ['over several', 15, [sound(15, 5), sound(20, 10), mark('b')]],
  ['not the mark at which it begins', 20, [sound(10, 10), sound(20, 10), mark('b')]],
  ['the mark within', 21, [sound(9, 1), mark('a'), sound(10, 10), sound(20, 10), mark('b')]],
  ['everything', 30, [sound(0, 10), mark('a'), sound(10, 10), sound(20, 10), mark('b')]],
];
for (const [name, byteCount, expected] of cases)
  t.test(name, async (t) => {
    const unplayed = sent();
    t.same(unplayed.take(byteCount), expected);
    t.equal(unplayed.take(1), undefined, 'it is taken, and what was before it has been played');
  });

t.test('more than is kept is not given', async (t) => {
  const unplayed = sent();
  t.equal(unplayed.take(31), undefined);
  t.same(unplayed.take(1), [sound(29, 1), mark('b')]);
});

t.test('what was played is not kept, nor more than was allowed', async (t) => {
  const played = sent();
  played.playedTo('a');
  played.playedTo('unknown');
  t.equal(played.take(21), undefined);
  t.ok(played.take(20));
  const small = sent(25);
  t.equal(small.take(21), undefined);
  t.same(small.take(20)?.length, 3);
});
