/**
 * Reads fields of a platform's JSON under any of the names that its dialects use. Numbers may come as text.
 */

export type WireObject = Readonly<Record<string, unknown>>;

/** The first of the named fields that is an object; an empty one when there is none. */
export function objectAt(from: WireObject, ...names: readonly string[]): WireObject {
  for (const name of names) {
    const value = valueAt(from, name);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as WireObject;
  }
  return {};
}

/** The first of the named fields that is text or a number. */
export function textAt(from: WireObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = valueAt(from, name);
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

/** The first of the named fields that is a finite number, as such or as text. */
export function numberAt(from: WireObject, ...names: readonly string[]): number | undefined {
  const text = textAt(from, ...names);
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The fields that are text, numbers or booleans, as text; at most 64 of 4,096 characters each. */
export function textsOf(from: WireObject): Readonly<Record<string, string>> {
  const texts = Object.entries(from)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .slice(0, 64)
    .map(([name, value]) => [name.slice(0, 128), String(value).slice(0, 4_096)] as const);
  return Object.fromEntries(texts);
}

function valueAt(from: WireObject, name: string): unknown {
  return Object.hasOwn(from, name) ? from[name] : undefined;
}
