/**
 * Broken invariants. A failed assertion is a defect of ours: it ends the call it happens in, not the process.
 */
import { AttuneError } from './errors.js';

/** Throws INVARIANT_BROKEN unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (condition !== true && !condition) throw new AttuneError('INVARIANT_BROKEN', message);
}

/** The value, or INVARIANT_BROKEN when it is undefined: for lookups that cannot miss. */
export function defined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new AttuneError('INVARIANT_BROKEN', `${what} is undefined`);
  return value;
}

/** Compile-time check that a union was handled completely. */
export function unreachable(value: never): never {
  throw new AttuneError('INVARIANT_BROKEN', `unhandled case ${JSON.stringify(value)}`);
}
