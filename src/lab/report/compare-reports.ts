/**
 * Whether one report's answers are faster than another's, or only look so. Pure.
 *
 * The difference of a percentile gets a bootstrap interval, by drawing both sides anew, and a permutation test: how often
 * chance alone, dealing the same turns to two sides, makes a difference as large. Levels are compared by their calls.
 */
import type { Interval } from '../../core/bootstrap-interval.js';
import { seededRandom } from '../../core/seeded-random.js';
import { quantile } from '../latency-figures.js';
import type { ReadReport } from './lab-report.js';

export interface Difference {
  readonly calls: number;
  readonly figure: string;
  readonly before: number;
  readonly after: number;
  readonly counts: readonly [before: number, after: number];
  /** 95 % interval of after − before. */
  readonly interval: Interval;
  /** 0…1: probability of a difference as large when the two are the same. */
  readonly pValue: number;
  readonly verdict: 'faster' | 'slower' | 'no difference shown';
}

const drawCount = 2_000;
const seed = 1;
const significance = 0.05;
const figures = [
  { name: 'p50', share: 0.5 },
  { name: 'p95', share: 0.95 },
] as const;
/** A test of fewer turns says nothing. */
const leastTurns = 5;

export function compareReports(before: ReadReport, after: ReadReport): readonly Difference[] {
  return before.levels.flatMap((level) => {
    const other = after.levels.find(({ calls }) => calls === level.calls);
    return other ? compareLevels(level, other) : [];
  });
}

type ReadLevel = ReadReport['levels'][number];

function compareLevels(before: ReadLevel, after: ReadLevel): readonly Difference[] {
  const latencies = [latenciesOf(before), latenciesOf(after)] as const;
  const stops = [stopsOf(before), stopsOf(after)] as const;
  return [
    ...figures.flatMap(({ name, share }) => differenceOf(before.calls, `answer ${name}`, latencies, share)),
    ...differenceOf(before.calls, 'barge-in stop p50', stops, 0.5),
  ];
}

function differenceOf(
  calls: number,
  figure: string,
  [before, after]: readonly [readonly number[], readonly number[]],
  share: number,
): readonly Difference[] {
  if (before.length < leastTurns || after.length < leastTurns) return [];
  const random = seededRandom(seed);
  const difference = quantile(after, share) - quantile(before, share);
  const drawn = Float64Array.from(
    { length: drawCount },
    () => quantile(redrawn(after, random), share) - quantile(redrawn(before, random), share),
  ).sort();
  const interval = {
    low: drawn[Math.floor(drawCount * 0.025)]!,
    high: drawn[Math.floor(drawCount * 0.975)]!,
  };
  const all = [...before, ...after];
  let asLarge = 0;
  for (let draw = 0; draw < drawCount; draw += 1) {
    shuffle(all, random);
    const dealt = quantile(all.slice(before.length), share) - quantile(all.slice(0, before.length), share);
    if (Math.abs(dealt) >= Math.abs(difference)) asLarge += 1;
  }
  const pValue = (asLarge + 1) / (drawCount + 1);
  const isShown = pValue < significance && (interval.low > 0 || interval.high < 0);
  return [
    {
      calls,
      figure,
      before: quantile(before, share),
      after: quantile(after, share),
      counts: [before.length, after.length],
      interval,
      pValue,
      verdict: !isShown ? 'no difference shown' : difference < 0 ? 'faster' : 'slower',
    },
  ];
}

function latenciesOf({ findings }: ReadLevel): readonly number[] {
  return findings.flatMap(({ analysis }) =>
    analysis.turns.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs])),
  );
}

function stopsOf({ findings }: ReadLevel): readonly number[] {
  return findings.flatMap(({ analysis }) =>
    analysis.bargeIns.flatMap(({ stopMs }) => (stopMs === null ? [] : [stopMs])),
  );
}

function redrawn(values: readonly number[], random: () => number): readonly number[] {
  return values.map(() => values[Math.floor(random() * values.length)]!);
}

/** Fisher and Yates, in place. */
function shuffle(values: number[], random: () => number): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [values[last], values[other]] = [values[other]!, values[last]!];
  }
}
