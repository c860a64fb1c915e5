/**
 * A bar for each group of people or recordings: how often its feeling was told right, with the interval.
 *
 * Plain SVG that follows the reader's light or dark preference; numbers stand beside the bars, so that no colour is needed.
 */
import type { ClassificationFigures } from '../stages/classification-figures.js';
import type { GroupFigures } from './classification-report.js';

const rowHeight = 26;
const labelWidth = 190;
const barWidth = 420;
const width = labelWidth + barWidth + 130;

/** @param groups in the order of the picture; `total` is drawn as a line through all. */
export function fairnessPicture(groups: readonly GroupFigures[], total: ClassificationFigures): string {
  const top = 44;
  const height = top + groups.length * rowHeight + 36;
  const x = (share: number): string => (labelWidth + share * barWidth).toFixed(1);
  const rows = groups.map((group, index) => {
    const y = top + index * rowHeight;
    const { low, high } = group.accuracyInterval ?? { low: group.accuracy, high: group.accuracy };
    const middle = y + rowHeight / 2 - 2;
    return [
      `<text x="${labelWidth - 8}" y="${middle + 4}" text-anchor="end">${escaped(group.name)}</text>`,
      `<rect class="bar" x="${labelWidth}" y="${y + 3}" width="${(group.accuracy * barWidth).toFixed(1)}" height="${rowHeight - 10}"/>`,
      `<line class="interval" x1="${x(low)}" y1="${middle}" x2="${x(high)}" y2="${middle}"/>`,
      `<text x="${labelWidth + barWidth + 8}" y="${middle + 4}">${group.accuracy.toFixed(2)} of ${group.exampleCount}</text>`,
    ].join('\n');
  });
  const bottom = top + groups.length * rowHeight;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) => `<text class="tick" x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Share of recordings told right, by group">
<style>
  svg { font: 13px system-ui, sans-serif; background: #fff; }
  text { fill: #222; } .tick { fill: #666; font-size: 11px; }
  .bar { fill: #7aa6d6; } .interval { stroke: #1d3f66; stroke-width: 2; } .total { stroke: #b3541e; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    svg { background: #16181d; } text { fill: #e6e6e6; } .tick { fill: #aaa; }
    .bar { fill: #3f6ea5; } .interval { stroke: #d6e6ff; } .total { stroke: #ffa36b; }
  }
</style>
<text x="${labelWidth}" y="20" font-weight="600">Share told right, with its 95 % interval</text>
<text class="tick" x="${labelWidth}" y="36">dashed: all together, ${total.accuracy.toFixed(2)} of ${total.exampleCount}</text>
${rows.join('\n')}
<line class="total" x1="${x(total.accuracy)}" y1="${top - 2}" x2="${x(total.accuracy)}" y2="${bottom}"/>
${ticks.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/gu, (letter) => `&#${letter.codePointAt(0) ?? 0};`);
}
