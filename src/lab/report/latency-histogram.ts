/**
 * How latencies are spread: one row of bars for each level on one scale. Pure.
 */
import type { LatencyFigures } from '../latency-figures.js';
import { axisTo, grouped, px } from './svg.js';

export interface HistogramRow {
  readonly title: string;
  readonly latenciesMs: readonly number[];
  readonly figures: LatencyFigures;
}

const size = { width: 1_040, row: 92, left: 96, right: 20, top: 8, bottom: 40 } as const;
const barCount = 80;
/** What people leave between turns, Stivers et al. 2009. */
const peopleMs = 200;

export function latencyHistogram(rows: readonly HistogramRow[]): string {
  if (rows.length === 0) return '';
  const { width, row: rowHeight, left, right, top, bottom } = size;
  const axis = axisTo(Math.max(...rows.map(({ figures }) => figures.maxMs)), 8);
  const height = top + rows.length * rowHeight + bottom;
  const x = (ms: number): number => left + (ms / axis.max) * (width - left - right);
  const drawn = rows.map(({ title, latenciesMs, figures }, index) => {
    const floor = top + (index + 1) * rowHeight;
    const counts = new Array<number>(barCount).fill(0);
    for (const ms of latenciesMs) {
      const bar = Math.max(0, Math.min(barCount - 1, Math.floor((ms / axis.max) * barCount)));
      counts[bar] = (counts[bar] ?? 0) + 1;
    }
    const most = Math.max(...counts);
    const barWidth = (width - left - right) / barCount;
    const bars = counts.map((count, bar) => {
      if (count === 0) return '';
      const barHeight = Math.max(2, (count / most) * (rowHeight - 26));
      const from = (bar * axis.max) / barCount;
      return `<rect class="bar" x="${px(left + bar * barWidth + 0.5)}" y="${px(floor - barHeight)}" width="${px(barWidth - 1)}" height="${px(barHeight)}" rx="1"><title>${grouped(from)}–${grouped(from + axis.max / barCount)} ms: ${count} turns</title></rect>`;
    });
    const marks = (['p50', 'p95'] as const).map((name) => {
      const at = x(figures[name].value);
      return `<line class="mark ${name}" x1="${px(at)}" x2="${px(at)}" y1="${px(floor - rowHeight + 20)}" y2="${floor}"/><text class="${name} label" text-anchor="${name === 'p50' ? 'end' : 'start'}" x="${px(at + (name === 'p50' ? 4 : -4))}" y="${px(floor - rowHeight + 15)}">${name} ${grouped(figures[name].value)}</text>`;
    });
    return `<text class="row" text-anchor="end" x="${left - 12}" y="${px(floor - 14)}">${title}</text><text class="tick" text-anchor="end" x="${left - 12}" y="${px(floor)}">${latenciesMs.length} turns</text>${bars.join('')}<line class="grid" x1="${left}" x2="${width - right}" y1="${floor}" y2="${floor}"/>${marks.join('')}`;
  });
  const foot = height - bottom;
  const ticks = axis.ticks.map(
    (ms) => `<text class="tick" text-anchor="middle" x="${px(x(ms))}" y="${foot + 18}">${grouped(ms)}</text>`,
  );
  const people = `<line class="people" x1="${px(x(peopleMs))}" x2="${px(x(peopleMs))}" y1="${top}" y2="${foot}"><title>people in conversation leave about ${peopleMs} ms</title></line>`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Spread of the latencies">${people}${drawn.join('')}${ticks.join('')}<text class="tick" text-anchor="middle" x="${px((left + width - right) / 2)}" y="${height - 4}">ms from the end of the caller’s speech to the first audible reply</text></svg>`;
}
