/**
 * How many calls a server carries, from a load of several levels: where answers begin to take longer than those of the first level,
 * where they take twice as long, and where calls are refused. Pure.
 */
import type { LevelFigures } from './lab-report.js';
import { grouped } from './svg.js';

/** An answer that takes a quarter longer is not yet heard as slower; twice as long is. */
const steadyFactor = 1.25;
const strainedFactor = 2;

export interface Capacity {
  /** The level that the others are held against. */
  readonly base: { readonly calls: number; readonly p95Ms: number };
  /** Most calls of which p95 stays within 1.25 times the base, and within twice; all levels below them do as well. */
  readonly steadyCalls: number;
  readonly strainedCalls: number;
  /** The first level at which calls were refused. */
  readonly refusal: { readonly calls: number; readonly refused: number } | null;
}

/** Null for fewer than two levels, and when nothing was answered at the first. Levels are in the order in which they were run. */
export function capacityOf(levels: readonly LevelFigures[]): Capacity | null {
  const rising = levels.toSorted((a, b) => a.calls - b.calls);
  const [first] = rising;
  if (!first?.latency || rising.length < 2) return null;
  const base = { calls: first.calls, p95Ms: first.latency.p95.value };
  const within = (factor: number): number => {
    const over = rising.findIndex(({ latency }) => !latency || latency.p95.value > factor * base.p95Ms);
    return (over < 0 ? rising.at(-1) : rising[over - 1])?.calls ?? base.calls;
  };
  const refusing = rising.find(({ refused }) => refused > 0);
  return {
    base,
    steadyCalls: within(steadyFactor),
    strainedCalls: within(strainedFactor),
    refusal: refusing ? { calls: refusing.calls, refused: refusing.refused } : null,
  };
}

/** One sentence. */
export function describeCapacity({ base, steadyCalls, strainedCalls, refusal }: Capacity): string {
  const calls = (count: number): string => `${count} ${count === 1 ? 'call' : 'calls'}`;
  const refused =
    refusal === null
      ? 'none was refused'
      : `of ${calls(refusal.calls)} ${refusal.refused} ${refusal.refused === 1 ? 'was' : 'were'} refused`;
  return `p95 stays within ${steadyFactor} times that of ${calls(base.calls)} (${grouped(base.p95Ms)} ms) up to ${calls(steadyCalls)}, and within twice up to ${calls(strainedCalls)}; ${refused}.`;
}
