/**
 * Limits for continuous integration, and what broke them. Pure.
 */
import type { LevelFigures } from './lab-report.js';

export interface Thresholds {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly stopP95Ms: number | null;
  /** Share of turns that may stay unanswered. */
  readonly unansweredShare: number;
}

export interface Breach {
  readonly calls: number;
  readonly what: string;
  readonly value: number;
  readonly limit: number;
}

/** A level in which nothing was answered breaks every limit of latency. */
export function breachesOf(levels: readonly LevelFigures[], thresholds: Thresholds): readonly Breach[] {
  return levels.flatMap(({ calls, latency, stop, turns, unanswered, bargeIns }) => {
    const limits: readonly (readonly [string, number, number | null])[] = [
      ['p50', latency?.p50.value ?? Infinity, thresholds.p50Ms],
      ['p95', latency?.p95.value ?? Infinity, thresholds.p95Ms],
      ['p99', latency?.p99.value ?? Infinity, thresholds.p99Ms],
      ['stop p95', stop?.p95.value ?? (bargeIns > 0 ? Infinity : 0), thresholds.stopP95Ms],
      ['unanswered share', turns === 0 ? 1 : unanswered / turns, thresholds.unansweredShare],
    ];
    return limits.flatMap(([what, value, limit]) =>
      limit !== null && value > limit ? [{ calls, what, value, limit }] : [],
    );
  });
}

export function describeBreach({ calls, what, value, limit }: Breach): string {
  const isShare = what.endsWith('share');
  const shown = (number: number): string =>
    isShare ? `${Math.round(number * 1000) / 10} %` : `${Math.round(number)} ms`;
  return `${what} at ${calls} ${calls === 1 ? 'call' : 'calls'} is ${shown(value)}, over ${shown(limit)}`;
}
