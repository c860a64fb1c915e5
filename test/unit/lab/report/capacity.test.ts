/**
 * How many calls a server carries, as a load of rising levels shows it.
 */
import t from 'tap';
import { capacityOf, describeCapacity } from '../../../../src/lab/report/capacity.js';
import type { LevelFigures } from '../../../../src/lab/report/lab-report.js';

function level(calls: number, p95Ms: number | null, refused = 0): LevelFigures {
  const percentile = (value: number) => ({ value, interval: null });
  return {
    calls,
    turns: calls,
    unanswered: 0,
    latency:
      p95Ms === null
        ? null
        : {
            count: calls,
            p50: percentile(p95Ms / 2),
            p90: percentile(p95Ms),
            p95: percentile(p95Ms),
            p99: percentile(p95Ms),
            meanMs: p95Ms,
            maxMs: p95Ms,
          },
    bargeIns: 0,
    yielded: 0,
    stop: null,
    briefs: 0,
    briefsPassed: 0,
    cutOffs: 0,
    dropouts: 0,
    underruns: 0,
    talkOverMs: 0,
    failed: refused,
    refused,
  };
}

const cases: readonly {
  readonly name: string;
  readonly levels: readonly LevelFigures[];
  readonly capacity: object | null;
}[] = [
  { name: 'one level says nothing', levels: [level(1, 400)], capacity: null },
  { name: 'nothing was answered at the first', levels: [level(1, null), level(2, 400)], capacity: null },
  {
    name: 'everything is carried',
    levels: [level(1, 400), level(4, 480), level(8, 500)],
    capacity: { base: { calls: 1, p95Ms: 400 }, steadyCalls: 8, strainedCalls: 8, refusal: null },
  },
  {
    name: 'a quarter more, twice as much, refused',
    levels: [level(1, 400), level(4, 500), level(8, 800), level(12, 801), level(16, 700, 5), level(20, 700, 9)],
    capacity: { steadyCalls: 4, strainedCalls: 8, refusal: { calls: 16, refused: 5 } },
  },
  {
    name: 'a level that is quick by luck behind one that was not does not count',
    levels: [level(1, 400), level(4, 900), level(8, 420)],
    capacity: { steadyCalls: 1, strainedCalls: 1 },
  },
  {
    name: 'a level without an answer is over everything, and the order of the levels is nobody’s business',
    levels: [level(8, null), level(4, 420), level(1, 400)],
    capacity: { steadyCalls: 4, strainedCalls: 4 },
  },
];

for (const { name, levels, capacity } of cases) {
  t.test(name, (t) => {
    if (capacity === null) t.equal(capacityOf(levels), null);
    else t.match(capacityOf(levels), capacity);
    t.end();
  });
}

t.test('in words', (t) => {
  t.equal(
    describeCapacity({
      base: { calls: 1, p95Ms: 1_234 },
      steadyCalls: 6,
      strainedCalls: 10,
      refusal: { calls: 16, refused: 1 },
    }),
    'p95 stays within 1.25 times that of 1 call (1,234 ms) up to 6 calls, and within twice up to 10 calls; of 16 calls 1 was refused.',
  );
  t.end();
});
