/**
 * Drawing with text: escaping, and axes that end on round numbers. Pure.
 */

/** Text for HTML and for attributes in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A coordinate: a tenth of a pixel is enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export interface Axis {
  readonly max: number;
  readonly ticks: readonly number[];
}

/** From 0 to a round number at or above `largest`, with about `count` ticks. */
export function axisTo(largest: number, count = 5): Axis {
  const rough = Math.max(largest, 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const max = Math.ceil(Math.max(largest, 1) / step) * step;
  return { max, ticks: Array.from({ length: Math.round(max / step) + 1 }, (_, index) => index * step) };
}

/** `1,240`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
