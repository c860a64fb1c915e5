/**
 * Latency against calls at one time, with what the bootstrap leaves open. Pure.
 */
import type { Percentile } from '../latency-figures.js';
import type { LevelFigures } from './lab-report.js';
import { axisTo, grouped, px } from './svg.js';

const size = { width: 1_040, height: 340, left: 64, right: 70, top: 18, bottom: 46 } as const;
const lines = ['p50', 'p95', 'p99'] as const;

/** Empty with fewer than two levels that were answered. */
export function loadCurve(levels: readonly LevelFigures[], thresholdMs: number | null): string {
  const answered = levels.flatMap(({ calls, latency }) => (latency ? [{ calls, latency }] : []));
  if (answered.length < 2) return '';
  const { width, height, left, right, top, bottom } = size;
  const largest = Math.max(
    thresholdMs ?? 0,
    ...answered.map(({ latency }) => latency.p99.interval?.high ?? latency.p99.value),
  );
  const axis = axisTo(largest * 1.05);
  const logOf = (calls: number): number => Math.log2(calls + 1);
  const [first, last] = [logOf(answered[0]!.calls), logOf(answered.at(-1)!.calls)];
  const x = (calls: number): number => left + ((logOf(calls) - first) / (last - first)) * (width - left - right);
  const y = (ms: number): number => height - bottom - (ms / axis.max) * (height - top - bottom);
  const path = (valueOf: (percentile: Percentile) => number, name: (typeof lines)[number]): string =>
    answered.map(({ calls, latency }) => `${px(x(calls))},${px(y(valueOf(latency[name])))}`).join(' ');
  const ribbon = (name: (typeof lines)[number]): string => {
    const high = path(({ interval, value }) => interval?.high ?? value, name);
    const low = path(({ interval, value }) => interval?.low ?? value, name)
      .split(' ')
      .reverse()
      .join(' ');
    return `<polygon class="ribbon ${name}" points="${high} ${low}"/>`;
  };
  const ends = spread(lines.map((name) => y(answered.at(-1)!.latency[name].value)));
  const series = lines.map((name, index) => {
    const dots = answered.map(
      ({ calls, latency }) =>
        `<circle class="${name}" cx="${px(x(calls))}" cy="${px(y(latency[name].value))}" r="4"><title>${calls} calls: ${name} ${grouped(latency[name].value)} ms</title></circle>`,
    );
    return `${ribbon(name)}<polyline class="line ${name}" points="${path(({ value }) => value, name)}"/>${dots.join('')}<text class="${name} label" x="${px(width - right + 12)}" y="${px((ends[index] ?? 0) + 4)}">${name}</text>`;
  });
  const grid = axis.ticks.map(
    (ms) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${px(y(ms))}" y2="${px(y(ms))}"/><text class="tick" text-anchor="end" x="${left - 10}" y="${px(y(ms) + 4)}">${grouped(ms)}</text>`,
  );
  const ticks = answered.map(
    ({ calls }) =>
      `<text class="tick" text-anchor="middle" x="${px(x(calls))}" y="${height - bottom + 20}">${calls}</text>`,
  );
  const limit =
    thresholdMs === null
      ? ''
      : `<line class="limit" x1="${left}" x2="${width - right}" y1="${px(y(thresholdMs))}" y2="${px(y(thresholdMs))}"/><text class="limit label" x="${left + 6}" y="${px(y(thresholdMs) - 6)}">limit for p95: ${grouped(thresholdMs)} ms</text>`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Latency against calls at one time">${grid.join('')}${ticks.join('')}${series.join('')}${limit}<text class="tick" text-anchor="middle" x="${px((left + width - right) / 2)}" y="${height - 6}">calls at one time</text></svg>`;
}

/** Labels from the lowest line up, moved apart until they can be read. */
function spread(positions: readonly number[]): readonly number[] {
  const placed: number[] = [];
  for (const position of positions) placed.push(Math.min(position, (placed.at(-1) ?? Infinity) - labelHeight));
  return placed;
}

const labelHeight = 15;
