/**
 * What a run of the laboratory found, as it is written beside the page and compared later. Pure.
 *
 * Latencies come from the recordings. A turn that nobody answered has none: it is counted, not averaged.
 */
import { z } from 'zod';
import { AttuneError } from '../../core/errors.js';
import type { CallAnalysis } from '../analysis/call-analysis.js';
import type { Pacing } from '../caller.js';
import type { LineQuality } from '../line-quality.js';
import type { LineCounts } from '../telephone-line.js';
import type { ScriptCheck } from '../script/script-checks.js';
import { latencyFigures, type LatencyFigures } from '../latency-figures.js';
import type { TapePicture } from './tape-picture.js';

export interface CallFindings {
  readonly name: string;
  /** Of the level's start. */
  readonly startedAtMs: number;
  readonly analysis: CallAnalysis;
  readonly pacing: Pacing;
  /** Null without a simulated line. */
  readonly line: { readonly up: LineCounts; readonly down: LineCounts } | null;
  /** Why the call ended early; null when it did not. */
  readonly failure: string | null;
  readonly checks: readonly ScriptCheck[];
  /** Where the tape was written; null when it was not. */
  readonly tape: string | null;
  readonly picture: TapePicture | null;
}

/** Whether the caller's side kept up; when it did not, the figures are its own. */
export interface CallerHealth {
  readonly processes: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly frames: number;
  readonly lateFrames: number;
  readonly wasBottleneck: boolean;
}

export interface Level {
  /** Calls at one time. */
  readonly calls: number;
  readonly findings: readonly CallFindings[];
  /** Calls that could not be placed. */
  readonly refused: readonly string[];
  readonly health: CallerHealth;
}

export interface LabReport {
  readonly kind: 'attune-lab';
  readonly version: 1;
  readonly name: string;
  /** Without its query. */
  readonly url: string;
  readonly wire: string;
  readonly line: LineQuality;
  readonly startedAt: string;
  readonly host: string;
  /** True when callers spoke at their instants whether or not they had been answered. */
  readonly isOpenLoop: boolean;
  readonly levels: readonly Level[];
}

/** A share of frames above this, or a loop that is late by more, and the caller was the bottleneck. */
const tolerated = { lateShare: 0.01, loopDelayP99Ms: 20 } as const;

export function callerHealth(
  findings: readonly CallFindings[],
  loops: readonly { readonly p99Ms: number; readonly maxMs: number }[],
): CallerHealth {
  const frames = sum(findings, ({ pacing }) => pacing.frames);
  const lateFrames = sum(findings, ({ pacing }) => pacing.lateFrames);
  const loopDelayP99Ms = Math.max(0, ...loops.map(({ p99Ms }) => p99Ms));
  return {
    processes: loops.length,
    loopDelayP99Ms,
    loopDelayMaxMs: Math.max(0, ...loops.map(({ maxMs }) => maxMs)),
    frames,
    lateFrames,
    wasBottleneck: lateFrames > tolerated.lateShare * frames || loopDelayP99Ms > tolerated.loopDelayP99Ms,
  };
}

export interface LevelFigures {
  readonly calls: number;
  readonly turns: number;
  readonly unanswered: number;
  readonly latency: LatencyFigures | null;
  readonly bargeIns: number;
  readonly yielded: number;
  readonly stop: LatencyFigures | null;
  readonly briefs: number;
  /** Backchannels, coughs and the like that did not silence the agent; those after which it paused and went on are among them. */
  readonly briefsPassed: number;
  readonly cutOffs: number;
  readonly dropouts: number;
  readonly underruns: number;
  readonly talkOverMs: number;
  /** Calls that could not be placed, or ended early. */
  readonly failed: number;
  /** Those among them that could not be placed. */
  readonly refused: number;
}

export function levelFigures({ calls, findings, refused }: Level): LevelFigures {
  const turns = findings.flatMap(({ analysis }) => analysis.turns);
  const bargeIns = findings.flatMap(({ analysis }) => analysis.bargeIns);
  const briefs = findings.flatMap(({ analysis }) => analysis.briefs);
  const stopsMs = bargeIns.flatMap(({ stopMs }) => (stopMs === null ? [] : [stopMs]));
  return {
    calls,
    turns: turns.length,
    unanswered: turns.filter(({ latencyMs }) => latencyMs === null).length,
    latency: latencyFigures(latenciesOf(findings)),
    bargeIns: bargeIns.length,
    yielded: stopsMs.length,
    stop: latencyFigures(stopsMs),
    briefs: briefs.length,
    briefsPassed: briefs.filter(({ outcome }) => outcome !== 'stopped').length,
    cutOffs: sum(findings, ({ analysis }) => analysis.cutOffs.length),
    dropouts: sum(findings, ({ analysis }) => analysis.dropouts.length),
    underruns: sum(findings, ({ pacing }) => pacing.underruns),
    talkOverMs: sum(findings, ({ analysis }) => analysis.talkOverMs),
    failed: refused.length + findings.filter(({ failure }) => failure !== null).length,
    refused: refused.length,
  };
}

export function latenciesOf(findings: readonly CallFindings[]): readonly number[] {
  return findings.flatMap(({ analysis }) =>
    analysis.turns.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs])),
  );
}

/** Pictures stay with the page; numbers are rounded to what the method resolves. */
export function toJson(report: LabReport): string {
  const round = (key: string, value: unknown): unknown =>
    key === 'picture'
      ? null
      : typeof value === 'number' && !Number.isInteger(value)
        ? Math.round(value * 1000) / 1000
        : value;
  const figures = report.levels.map(levelFigures);
  return `${JSON.stringify({ ...report, figures }, round, 1)}\n`;
}

const readable = z.looseObject({
  kind: z.literal('attune-lab'),
  version: z.literal(1),
  name: z.string(),
  levels: z.array(
    z.looseObject({
      calls: z.number(),
      findings: z.array(
        z.looseObject({
          analysis: z.looseObject({
            turns: z.array(z.looseObject({ latencyMs: z.number().nullable() })),
            bargeIns: z.array(z.looseObject({ stopMs: z.number().nullable() })),
          }),
        }),
      ),
    }),
  ),
});

/** What comparing needs of a written report. */
export type ReadReport = z.output<typeof readable>;

/** Throws SCRIPT_INVALID for what is no report. */
export function readReport(text: string, fileName: string): ReadReport {
  const read = readable.safeParse(parsed(text));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new AttuneError('SCRIPT_INVALID', `${fileName} is no report of attune lab: ${issue?.message}`, {
    field: issue?.path.join('.') || fileName,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sum<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
