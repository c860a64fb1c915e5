/**
 * False cut-offs against latency, a line for each way of ending turns; lower left is better.
 *
 * Plain SVG that follows the reader's light or dark preference; the lines differ in dashes too, so that no colour is needed.
 */
import type { SweepPoint } from './turn-sweep.js';

export interface SweepLine {
  readonly name: string;
  readonly frontier: readonly SweepPoint[];
}

/** One rule with fixed numbers: a dot. */
export interface SweepDot {
  readonly name: string;
  readonly point: SweepPoint;
}

const plot = { left: 64, top: 48, width: 520, height: 300 };
const mostLatencyMs = 1_600;
const mostCutOffs = 1;
const dashes = ['none', '7 4', '2 3', '10 3 2 3'];

/** @param lines in the order of the legend, four at most */
export function turnSweepPicture(lines: readonly SweepLine[], dots: readonly SweepDot[]): string {
  const x = (latencyMs: number): string => (plot.left + (latencyMs / mostLatencyMs) * plot.width).toFixed(1);
  const y = (share: number): string => (plot.top + (1 - share / mostCutOffs) * plot.height).toFixed(1);
  const bottom = plot.top + plot.height;
  const height = bottom + 60 + 18 * (lines.length + dots.length);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${plot.left}" y1="${y(share)}" x2="${plot.left + plot.width}" y2="${y(share)}"/>` +
      `<text class="tick" x="${plot.left - 8}" y="${y(share)}" dy="4" text-anchor="end">${100 * share} %</text>`,
  );
  const ticks = [0, 300, 600, 900, 1_200, 1_500].map(
    (ms) => `<text class="tick" x="${x(ms)}" y="${bottom + 16}" text-anchor="middle">${ms}</text>`,
  );
  const curves = lines.map(({ frontier }, index) => {
    const shown = frontier.filter(({ latencyMs }) => latencyMs <= mostLatencyMs);
    const points = shown.map(({ latencyMs, cutOffShare }) => `${x(latencyMs)},${y(cutOffShare)}`).join(' ');
    return `<polyline class="line line-${index}" stroke-dasharray="${dashes[index % dashes.length]}" points="${points}"/>`;
  });
  const marks = dots.map(
    ({ point }, index) =>
      `<circle class="dot dot-${index}" cx="${x(Math.min(point.latencyMs, mostLatencyMs))}" cy="${y(point.cutOffShare)}" r="5"/>`,
  );
  const legend = [
    ...lines.map(
      ({ name }, index) =>
        `<line class="line line-${index}" stroke-dasharray="${dashes[index % dashes.length]}" x1="${plot.left}" y1="${bottom + 48 + 18 * index}" x2="${plot.left + 40}" y2="${bottom + 48 + 18 * index}"/>` +
        `<text x="${plot.left + 48}" y="${bottom + 52 + 18 * index}">${escaped(name)}</text>`,
    ),
    ...dots.map(
      ({ name }, index) =>
        `<circle class="dot dot-${index}" cx="${plot.left + 20}" cy="${bottom + 48 + 18 * (lines.length + index)}" r="5"/>` +
        `<text x="${plot.left + 48}" y="${bottom + 52 + 18 * (lines.length + index)}">${escaped(name)}</text>`,
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${plot.left + plot.width + 24} ${height}" width="${plot.left + plot.width + 24}" height="${height}" role="img" aria-label="False cut-offs against latency">
<style>
  svg { font: 13px system-ui, sans-serif; background: #fff; }
  text { fill: #222; } .tick { fill: #666; font-size: 11px; } .grid { stroke: #ddd; }
  .line { fill: none; stroke-width: 2; } .dot { stroke: #fff; }
  .line-0 { stroke: #777; } .line-1 { stroke: #b3541e; } .line-2 { stroke: #1d5fa8; } .line-3 { stroke: #2c7a3f; }
  .dot-0 { fill: #b3541e; } .dot-1 { fill: #1d5fa8; }
  @media (prefers-color-scheme: dark) {
    svg { background: #16181d; } text { fill: #e6e6e6; } .tick { fill: #aaa; } .grid { stroke: #333; }
    .line-0 { stroke: #999; } .line-1, .dot-0 { stroke: #ffa36b; } .line-2, .dot-1 { stroke: #7db4f0; } .line-3 { stroke: #7fd39a; }
  }
</style>
<text x="${plot.left}" y="20" font-weight="600">Pauses inside turns that would have ended them, by the wait at the ends of turns</text>
${grid.join('\n')}
${ticks.join('\n')}
<text class="tick" x="${plot.left + plot.width / 2}" y="${bottom + 32}" text-anchor="middle">mean wait at the end of a turn, milliseconds</text>
${curves.join('\n')}
${marks.join('\n')}
${legend.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/gu, (letter) => `&#${letter.codePointAt(0) ?? 0};`);
}
