/**
 * Settings of a session as the wire has them, and how one set is laid over another, as the server does it too.
 */

export type Settings = Readonly<Record<string, unknown>>;

/** Objects are merged field by field; everything else, null included, is replaced. */
export function mergedSettings(base: Settings, over: Settings): Settings {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const own = merged[name];
    merged[name] = isPlain(own) && isPlain(value) ? mergedSettings(own, value) : value;
  }
  return merged;
}

function isPlain(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
