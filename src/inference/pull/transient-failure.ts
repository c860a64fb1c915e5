/**
 * Failures that may pass by themselves, and how long to wait before trying again.
 *
 * The pause doubles from one second to thirty, unless the server names one. What brought the work further than it ever
 * was starts the count afresh, so that a long download over a poor line ends, and a server that never gives anything
 * is given up.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';

/** Failures in a row before the work is given up. */
export const maxFailures = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A server that asks for more is told to a person instead. */
const longestAskedPauseMs = 600_000;

export class TransientFailure extends Error {
  /** Asked for by the server, in milliseconds. */
  readonly pauseMs: number | undefined;
  readonly madeProgress: boolean;

  constructor(
    reason: string,
    options: { readonly pauseMs?: number | undefined; readonly madeProgress?: boolean; readonly cause?: unknown } = {},
  ) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransientFailure';
    this.pauseMs = options.pauseMs;
    this.madeProgress = options.madeProgress ?? false;
  }
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What is tried, for the error, as an address. */
  readonly what: string;
  readonly onPause?: (pause: { readonly pauseMs: number; readonly reason: string }) => void;
}

/** Tries until it works; throws DOWNLOAD_FAILED when that is hopeless, and whatever else `attempt` throws at once. */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let failures = 0; ;) {
    options.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      failures = error.madeProgress ? 1 : failures + 1;
      const pauseMs = error.pauseMs ?? Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
      if (failures >= maxFailures || pauseMs > longestAskedPauseMs) {
        const wait = pauseMs > longestAskedPauseMs ? `; it asks to wait ${Math.ceil(pauseMs / 60_000)} minutes` : '';
        throw new AttuneError('DOWNLOAD_FAILED', `${options.what}: ${error.message}${wait}`, {
          field: options.what,
          cause: error,
        });
      }
      options.onPause?.({ pauseMs, reason: error.message });
      await options.clock.sleep(pauseMs, options.signal);
    }
  }
}

/** Milliseconds of a `Retry-After` header, which holds seconds or a date; undefined when it holds neither. */
export function pauseOf(retryAfter: string | null, clock: Clock): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\s*\d+\s*$/u.test(retryAfter)) return Number(retryAfter) * 1_000;
  const atMs = Date.parse(retryAfter);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - clock.wallTimeMs());
}
