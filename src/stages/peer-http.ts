/**
 * What is read alike of every HTTP server that a stage asks: how long it wants to be left alone, and why a connection
 * broke.
 */
import type { Clock } from '../core/clock.js';

/** `Retry-After`, a number of seconds or an HTTP date, as milliseconds from now; undefined when absent or unreadable. */
export function retryAfterMsOf(header: string | null, clock: Clock): number | undefined {
  if (header === null) return undefined;
  const seconds = Number(header);
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - clock.wallTimeMs();
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

/** `ECONNREFUSED` and the like; fetch keeps it one or two causes down. */
export function networkCodeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return undefined;
}
