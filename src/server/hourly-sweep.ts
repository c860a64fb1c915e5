/**
 * Forgets what is past its time, at the start and then every hour.
 */
import type { Clock } from '../core/clock.js';
import { isCancelled, toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Scope } from '../core/scope.js';

const pauseMs = 3_600_000;

export interface HourlySweepOptions {
  /** Resolves with how many went. */
  readonly sweep: () => Promise<number>;
  /** Log lines: what was forgotten, counted under the name of its unit, and what could not be. */
  readonly told: { readonly forgot: string; readonly unit: string; readonly failed: string };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly scope: Scope;
}

/** Runs in the scope until it ends; a failed round is logged and the next one tries again. */
export function sweepHourly({ sweep, told, clock, logger, scope }: HourlySweepOptions): void {
  scope.spawn('sweep', async (signal) => {
    for (;;) {
      try {
        const count = await sweep();
        if (count > 0) logger.info(told.forgot, { [told.unit]: count });
      } catch (error) {
        if (isCancelled(error)) throw error;
        logger.error(told.failed, { code: toAttuneError(error, 'MEMORY_UNAVAILABLE').code });
      }
      await clock.sleep(pauseMs, signal);
    }
  });
}
