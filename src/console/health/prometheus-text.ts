/**
 * Reads the text format of Prometheus, as far as /metrics uses it, and what a histogram says of its percentiles.
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One histogram with its labels; `le` is in the buckets. */
export interface HistogramReading {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
  readonly sum: number;
  /** Cumulative, by upper bound, ascending; the last bound is Infinity. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
}

export function samplesIn(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? +(\S+)/u.exec(line);
    if (match === null) return [];
    const [, name = '', labels = '', value = ''] = match;
    return [{ name, labels: labelsIn(labels), value: numberOf(value) }];
  });
}

/** Every label set of the histogram `name`, in the order in which they come. */
export function histogramsIn(samples: readonly Sample[], name: string): readonly HistogramReading[] {
  interface Building {
    labels: Record<string, string>;
    count: number;
    sum: number;
    buckets: { upTo: number; count: number }[];
  }
  const found = new Map<string, Building>();
  for (const sample of samples) {
    const part = [`${name}_bucket`, `${name}_count`, `${name}_sum`].indexOf(sample.name);
    if (part === -1) continue;
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    const building = found.get(key) ?? { labels, count: 0, sum: 0, buckets: [] };
    found.set(key, building);
    if (part === 0) building.buckets.push({ upTo: numberOf(le ?? '+Inf'), count: sample.value });
    else if (part === 1) building.count = sample.value;
    else building.sum = sample.value;
  }
  for (const { buckets } of found.values()) buckets.sort((a, b) => a.upTo - b.upTo);
  return [...found.values()];
}

/**
 * The value below which a `share` of what was observed lies; null before anything was. Beyond the last finite bound it is
 * that bound. Durations are taken to lie evenly within their bucket, counts at its upper end.
 */
export function quantileOf(
  { buckets, count }: HistogramReading,
  share: number,
  kind: 'duration' | 'count' = 'duration',
): number | null {
  if (count === 0) return null;
  const rank = share * count;
  let [belowBound, belowCount] = [0, 0];
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (!Number.isFinite(bucket.upTo)) return belowBound;
      const inside = bucket.count - belowCount;
      return inside === 0 || kind === 'count'
        ? bucket.upTo
        : belowBound + ((bucket.upTo - belowBound) * (rank - belowCount)) / inside;
    }
    [belowBound, belowCount] = [bucket.upTo, bucket.count];
  }
  return belowBound;
}

function labelsIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gu);
  return Object.fromEntries(
    [...pairs].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/gu, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    ]),
  );
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}
