/**
 * What turns amount to: the usual mood, triggers, fading, relief, and the sentence for the next call.
 */
import t from 'tap';
import { fading, halfLifeDays, recollect } from '../../../src/memory/recollection.js';
import type { RememberedTurn } from '../../../src/memory/remembered-turn.js';

const dayMs = 86_400_000;
const nowMs = 1_000 * dayMs;

const turn = (daysAgo: number, change: Partial<RememberedTurn> = {}): RememberedTurn => ({
  atMs: nowMs - daysAgo * dayMs,
  label: 'angry',
  arousal: 0.8,
  valence: 0.2,
  dominance: 0.6,
  confidence: 0.7,
  topics: ['delivery'],
  ...change,
});

t.test('nobody is remembered by nothing', async (t) => {
  t.equal(recollect([], nowMs), null);
});

t.test('last week’s delivery is said to have made them angry', async (t) => {
  t.equal(recollect([turn(7)], nowMs)?.reminder, 'Last week the delivery made them angry.');
  t.equal(recollect([turn(1)], nowMs)?.reminder, 'Yesterday the delivery made them angry.');
  t.equal(
    recollect([turn(60), turn(59), turn(58)], nowMs)?.reminder,
    '2 months ago the delivery made them angry, and it came up 3 times.',
  );
});

t.test('a trigger fades, grows with repetition and shrinks with relief', async (t) => {
  const weight = (...turns: RememberedTurn[]): number => recollect(turns, nowMs)?.triggers[0]?.weight ?? 0;
  t.equal(fading(halfLifeDays * dayMs), 0.5);
  t.ok(weight(turn(90)) < weight(turn(30)) && weight(turn(30)) < weight(turn(1)));
  t.ok(weight(turn(2), turn(1)) > weight(turn(1)));
  const relieved = turn(0, { label: 'happy', valence: 0.9 });
  t.ok(weight(turn(1), relieved) < weight(turn(1)));
  t.ok(weight(...Array.from({ length: 50 }, () => turn(0, { confidence: 1, valence: 0 }))) <= 1);
});

t.test('a trigger is named after what was felt most often, and of equals first', async (t) => {
  const felt = (...labels: RememberedTurn['label'][]) =>
    recollect(
      labels.map((label, index) => turn(9 - index, { label })),
      nowMs,
    )?.triggers[0]?.label;
  t.equal(felt('sad', 'angry', 'angry'), 'angry');
  t.equal(felt('sad', 'angry'), 'sad');
  t.equal(felt('unknown', 'sad', 'sad', 'unknown', 'unknown'), 'unknown');
});

t.test('the usual mood leans to what is recent and sure', async (t) => {
  const glad = { label: 'happy', valence: 0.9, topics: [] } satisfies Partial<RememberedTurn>;
  const old = recollect([turn(300), turn(1, glad)], nowMs);
  t.ok(old !== null && old.usual.valence > 0.85);
  const unsure = recollect([turn(1), turn(1, { ...glad, confidence: 0.05 })], nowMs);
  t.ok(unsure !== null && unsure.usual.valence < 0.3);
});

t.test('without a topic the end of the last call is remembered, and good ends too', async (t) => {
  const plain = { topics: [] };
  t.equal(recollect([turn(3, plain)], nowMs)?.reminder, 'When they called 3 days ago, they were angry at the end.');
  t.match(recollect([turn(0, { ...plain, label: 'happy', valence: 0.9 })], nowMs)?.reminder, /today, they were happy/);
  t.equal(recollect([turn(3, { ...plain, label: 'neutral', valence: 0.5 })], nowMs)?.reminder, null);
});
