/**
 * False cut-offs against latency: what ways of ending turns would have done with recorded pauses. Pure.
 *
 * As the public eot-bench does it, a policy has three knobs: a pause whose score reaches `leastScore` ends the turn after
 * `delayMs` of silence, any other after `timeoutMs`. All combinations are tried, and the best within a budget counts. A
 * silence inside a turn that outlasts the wait is a false cut-off; the wait at the end of a turn is latency. Silence alone is
 * the policy with one knob. Intervals come from drawing speakers anew, choosing the best policy again in each draw.
 */
import type { Interval } from '../core/bootstrap-interval.js';
import { seededRandom } from '../core/seeded-random.js';

/** One pause or end with what is needed to judge policies about it. */
export interface ScoredPause {
  readonly speaker: string;
  /** Length of the silence inside the turn; null at its end. */
  readonly holdMs: number | null;
  /** The higher, the surer that the turn is over. */
  readonly score: number;
}

export interface SweepPoint {
  /** Share of the silences inside turns that would have ended the turn. */
  readonly cutOffShare: number;
  /** Mean wait at the ends of turns. */
  readonly latencyMs: number;
}

/** The best that any policy does within a budget; null when none keeps it. */
interface BestFigures {
  /** Least share of false cut-offs at a mean latency within `latencyBudgetMs`. */
  readonly cutOffShare: number | null;
  /** Least mean latency with a share of false cut-offs within `cutOffBudget`. */
  readonly latencyMs: number | null;
}

export interface BudgetFigures extends BestFigures {
  /** 95 %, over speakers; null for one speaker, and where one draw in twenty keeps no budget. */
  readonly cutOffInterval: Interval | null;
  readonly latencyInterval: Interval | null;
  /** The points that no other point beats, by rising latency. */
  readonly frontier: readonly SweepPoint[];
}

export const latencyBudgetMs = 300;
export const cutOffBudget = 0.05;

/** Windows of 32 ms: what a turn machine that counts them can wait. Below 64 ms no model has answered. */
const delaysMs = [64, 96, 128, 160, 192, 224, 288, 352, 416, 480, 608, 800, 992];
const timeoutsMs = [
  64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 416, 480, 544, 608, 704, 800, 896, 992, 1_184, 1_408, 1_600, 1_984,
  2_496, 3_008,
];
const scoreSteps = 24;
const drawCount = 400;

type WaitRule = (pause: ScoredPause) => number;

/** What one policy did, speaker by speaker. */
interface Outcome {
  readonly cutOffs: readonly number[];
  readonly waitedMs: readonly number[];
}

/** The best of all policies on these pauses, or of those that go by silence alone. */
export function sweepPolicies(pauses: readonly ScoredPause[], by: 'score' | 'silence'): BudgetFigures {
  const bySpeaker = new Map<string, ScoredPause[]>();
  for (const pause of pauses) bySpeaker.set(pause.speaker, [...(bySpeaker.get(pause.speaker) ?? []), pause]);
  const groups = [...bySpeaker.values()];
  const holds = groups.map((own) => own.filter(isHold).length);
  const ends = groups.map((own, index) => own.length - holds[index]!);
  const outcomes = (by === 'silence' ? silenceRules() : scoreRules(pauses)).map((waitMsOf): Outcome => ({
    cutOffs: groups.map((own) => own.filter((pause) => isCutOff(pause, waitMsOf(pause))).length),
    waitedMs: groups.map((own) => own.reduce((sum, pause) => sum + (isHold(pause) ? 0 : waitMsOf(pause)), 0)),
  }));
  const pointsOf = (weights: readonly number[]): readonly SweepPoint[] => {
    const holdCount = weighted(holds, weights);
    const endCount = weighted(ends, weights);
    if (holdCount === 0 || endCount === 0) return [];
    return outcomes.map(({ cutOffs, waitedMs }) => ({
      cutOffShare: weighted(cutOffs, weights) / holdCount,
      latencyMs: weighted(waitedMs, weights) / endCount,
    }));
  };
  const points = pointsOf(groups.map(() => 1));
  const random = seededRandom(1);
  const draws = Array.from({ length: groups.length > 1 ? drawCount : 0 }, () => {
    const weights = groups.map(() => 0);
    for (let drawn = 0; drawn < groups.length; drawn += 1) weights[Math.floor(random() * groups.length)]! += 1;
    return bestOf(pointsOf(weights));
  });
  return {
    ...bestOf(points),
    cutOffInterval: intervalOf(draws.map((draw) => draw.cutOffShare)),
    latencyInterval: intervalOf(draws.map((draw) => draw.latencyMs)),
    frontier: frontierOf(points),
  };
}

/** What one fixed rule does with the pauses; null without a pause or without an end. */
export function pointOfRule<P extends ScoredPause>(
  pauses: readonly P[],
  waitMsOf: (pause: P) => number,
): SweepPoint | null {
  const holds = pauses.filter(isHold);
  const ends = pauses.filter((pause) => !isHold(pause));
  if (holds.length === 0 || ends.length === 0) return null;
  return {
    cutOffShare: holds.filter((pause) => isCutOff(pause, waitMsOf(pause))).length / holds.length,
    latencyMs: ends.reduce((sum, pause) => sum + waitMsOf(pause), 0) / ends.length,
  };
}

/** Chance that an end scores above a pause, ties half; null without both. */
export function rankingOf(pauses: readonly ScoredPause[]): number | null {
  const holds = pauses.filter(isHold);
  const ends = pauses.filter((pause) => !isHold(pause));
  if (ends.length === 0 || holds.length === 0) return null;
  let above = 0;
  for (const end of ends)
    for (const hold of holds) above += end.score > hold.score ? 1 : end.score === hold.score ? 0.5 : 0;
  return above / (ends.length * holds.length);
}

const isHold = (pause: ScoredPause): boolean => pause.holdMs !== null;

const isCutOff = (pause: ScoredPause, waitMs: number): boolean => pause.holdMs !== null && pause.holdMs > waitMs;

function silenceRules(): readonly WaitRule[] {
  return timeoutsMs.map((timeoutMs) => () => timeoutMs);
}

function scoreRules(pauses: readonly ScoredPause[]): readonly WaitRule[] {
  const scores = pauses.map((pause) => pause.score).sort((a, b) => a - b);
  const leastScores = Array.from(
    { length: scores.length === 0 ? 0 : scoreSteps },
    (_, step) => scores[Math.floor((step * scores.length) / scoreSteps)]!,
  );
  return [...new Set(leastScores), Infinity].flatMap((leastScore) =>
    timeoutsMs.flatMap((timeoutMs) =>
      delaysMs
        .filter((delayMs) => delayMs <= timeoutMs)
        .map(
          (delayMs): WaitRule =>
            ({ score }) =>
              score >= leastScore ? delayMs : timeoutMs,
        ),
    ),
  );
}

function weighted(values: readonly number[], weights: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]! * weights[index]!;
  return sum;
}

function bestOf(points: readonly SweepPoint[]): BestFigures {
  let cutOffShare: number | null = null;
  let latencyMs: number | null = null;
  for (const point of points) {
    if (point.latencyMs <= latencyBudgetMs) cutOffShare = Math.min(cutOffShare ?? 1, point.cutOffShare);
    if (point.cutOffShare <= cutOffBudget) latencyMs = Math.min(latencyMs ?? Infinity, point.latencyMs);
  }
  return { cutOffShare, latencyMs };
}

function frontierOf(points: readonly SweepPoint[]): readonly SweepPoint[] {
  const frontier: SweepPoint[] = [];
  for (const point of points.toSorted((a, b) => a.latencyMs - b.latencyMs || a.cutOffShare - b.cutOffShare)) {
    const last = frontier.at(-1);
    if (last === undefined || point.cutOffShare < last.cutOffShare) frontier.push(point);
  }
  return frontier;
}

function intervalOf(values: readonly (number | null)[]): Interval | null {
  const kept = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (kept.length === 0 || kept.length < 0.95 * values.length) return null;
  return { low: kept[Math.floor(0.025 * kept.length)]!, high: kept[Math.ceil(0.975 * kept.length) - 1]! };
}
