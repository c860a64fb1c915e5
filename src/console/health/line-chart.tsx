/**
 * Values over the last minutes, drawn by uPlot in the page's own colours.
 */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface LineChartProps {
  readonly title: string;
  readonly unit: string;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

const heightPx = 132;
const colours = ['--accent', '--reply', '--e-surprised'];

export function LineChart({ title, unit, times, lines }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data: uPlot.AlignedData = [[...times], ...lines.map(({ values }) => [...values])];
  const latest = useRef(data);
  latest.current = data;
  const names = lines.map(({ name }) => name).join(' ');
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const build = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsFor(element, unit, names.split(' ')), latest.current, element);
    };
    build();
    const resized = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: heightPx }));
    resized.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', build);
    return () => {
      dark.removeEventListener('change', build);
      resized.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [unit, names]);
  useEffect(() => {
    chart.current?.setData(latest.current);
  });
  const last = lines.map(({ name, values }) => {
    const value = values.at(-1) ?? null;
    return `${name} ${value === null ? '–' : rounded(value)}${unit === '' ? '' : ` ${unit}`}`;
  });
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="faint">{last.join(' · ')}</span>
      </figcaption>
      <div ref={place} class="chart-place" aria-hidden="true" />
    </figure>
  );
}

function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

function clockTime(atS: number): string {
  return new Date(atS * 1000).toLocaleTimeString();
}

function optionsFor(element: HTMLElement, unit: string, names: readonly string[]): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name);
  const axis: uPlot.Axis = {
    stroke: colour('--faint'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: { y: { range: (_self, _least, most) => [0, Math.max(1, most * 1.15)] } },
    axes: [
      { ...axis, space: 90, size: 26, values: (_self, ticks) => ticks.map(clockTime) },
      { ...axis, size: 44, values: (_self, ticks) => ticks.map(String) },
    ],
    series: [
      {},
      ...names.map((name, index) => ({
        label: `${name} ${unit}`,
        stroke: colour(colours[index % colours.length]!),
        width: 1.75,
        points: { show: false },
      })),
    ],
  };
}
