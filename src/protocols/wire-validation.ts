/**
 * From a schema's complaint to the error a client gets: the code the API uses and the path of the field.
 */
import type { z } from 'zod';
import { AttuneError } from '../core/errors.js';

/** The parsed value, or an AttuneError that names the first offending field under `root`. */
export function parseWire<T>(schema: z.ZodType<T>, value: unknown, root: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = [root, ...(issue?.path ?? []).map(String)].filter((part) => part !== '').join('.');
  const missing = issue?.code === 'invalid_type' && valueAt(value, issue.path) === undefined;
  if (missing)
    throw new AttuneError('missing_required_parameter', `Missing required parameter: '${field}'.`, { field });
  throw new AttuneError('invalid_value', `Invalid value for '${field}': ${issue?.message ?? 'not allowed'}.`, {
    field,
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
