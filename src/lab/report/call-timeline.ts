/**
 * A call as its tape shows it: both voices over time, the silence before each answer, and what went wrong. Pure.
 */
import type { CallAnalysis } from '../analysis/call-analysis.js';
import type { TapePicture } from './tape-picture.js';
import { grouped, px } from './svg.js';

const size = { width: 1_040, row: 150, left: 62, right: 12, top: 6, lane: 34 } as const;
const rowMs = 30_000;
/** Longer calls are drawn up to here. */
const longestRows = 6;

export function callTimeline(analysis: CallAnalysis, picture: TapePicture): string {
  const rows = Math.min(longestRows, Math.max(1, Math.ceil(analysis.durationMs / rowMs)));
  const height = size.top + rows * size.row;
  const drawn = Array.from({ length: rows }, (_, row) => rowOf(analysis, picture, row));
  return `<svg viewBox="0 0 ${size.width} ${height}" role="img" aria-label="Tape of the call">${drawn.join('')}</svg>`;
}

/** Vertical middle of each voice within a row. */
const middle = { caller: 44, agent: 104 } as const;

function rowOf(analysis: CallAnalysis, picture: TapePicture, row: number): string {
  const { width, left, right, top } = size;
  const fromMs = row * rowMs;
  const toMs = fromMs + rowMs;
  const base = top + row * size.row;
  const x = (ms: number): number =>
    left + ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / rowMs) * (width - left - right);
  const isHere = (startMs: number, endMs = startMs): boolean => endMs > fromMs && startMs < toMs;
  const lane = (side: 'caller' | 'agent'): string => {
    const center = base + middle[side];
    const bins = picture[side];
    const parts: string[] = [];
    for (let bin = Math.floor(fromMs / picture.binMs); bin < Math.min(bins.length, toMs / picture.binMs); bin += 1) {
      const peak = bins[bin] ?? 0;
      if (peak < 0.004) continue;
      const reach = Math.max(0.7, Math.sqrt(peak) * size.lane * 0.72);
      parts.push(`M${px(x(bin * picture.binMs))} ${px(center - reach)}v${px(reach * 2)}`);
    }
    return `<line class="grid" x1="${left}" x2="${width - right}" y1="${center}" y2="${center}"/><path class="wave ${side}" d="${parts.join('')}"/><text class="row" text-anchor="end" x="${left - 10}" y="${center + 4}">${side}</text>`;
  };
  const seconds = [0, 5, 10, 15, 20, 25].map(
    (second) =>
      `<text class="tick" text-anchor="middle" x="${px(x(fromMs + second * 1000))}" y="${base + size.row - 6}">${fromMs / 1000 + second} s</text>`,
  );
  const waits = analysis.turns.flatMap(({ endMs, replyAtMs, latencyMs }) => {
    if (replyAtMs === null || latencyMs === null || !isHere(endMs, replyAtMs)) return [];
    const [start, end] = [x(endMs), x(replyAtMs)];
    const top = base + middle.caller - 30;
    return [
      `<rect class="wait" x="${px(start)}" y="${px(top)}" width="${px(Math.max(1, end - start))}" height="${middle.agent - middle.caller + 60}"><title>answered after ${grouped(latencyMs)} ms</title></rect><text class="wait label" text-anchor="middle" x="${px((start + end) / 2)}" y="${px(base + (middle.caller + middle.agent) / 2 + 4)}">${grouped(latencyMs)}</text>`,
    ];
  });
  const notes = notesOf(analysis)
    .filter(({ atMs }) => isHere(atMs))
    .map(({ atMs, text, isGood }, index) => {
      const kind = isGood ? 'good' : 'bad';
      const isLate = atMs - fromMs > rowMs * 0.8;
      // Neighbours stand above and below the voices by turns, so that both can be read.
      const y = base + (index % 2 === 0 ? 12 : middle.agent + 32);
      return `<line class="note ${kind}" x1="${px(x(atMs))}" x2="${px(x(atMs))}" y1="${base + 4}" y2="${base + middle.agent + 34}"/><text class="note label ${kind}" text-anchor="${isLate ? 'end' : 'start'}" x="${px(x(atMs) + (isLate ? -4 : 4))}" y="${y}">${text}</text>`;
    });
  return `${waits.join('')}${lane('caller')}${lane('agent')}${notes.join('')}${seconds.join('')}`;
}

interface Note {
  readonly atMs: number;
  readonly text: string;
  readonly isGood: boolean;
}

function notesOf({ bargeIns, briefs, cutOffs, turns }: CallAnalysis): readonly Note[] {
  const notes: readonly Note[] = [
    ...bargeIns.map(({ atMs, stopMs }) => ({
      atMs,
      text: stopMs === null ? 'barge-in: spoke on' : `barge-in: silent after ${grouped(stopMs)} ms`,
      isGood: stopMs !== null,
    })),
    ...briefs.map(({ atMs, kind, outcome, pauseMs }) => ({
      atMs,
      text: `${kind}: ${outcome}${pauseMs === null ? '' : ` after ${grouped(pauseMs)} ms`}`,
      isGood: outcome !== 'stopped',
    })),
    ...cutOffs.map(({ atMs, during }) => ({ atMs, text: `cut in during ${during}`, isGood: false })),
    ...turns
      .filter(({ latencyMs }) => latencyMs === null)
      .map(({ endMs }) => ({ atMs: endMs, text: 'no answer', isGood: false })),
  ];
  return [...notes].sort((a, b) => a.atMs - b.atMs);
}
