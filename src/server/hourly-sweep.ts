/**
 * Forgets what is past its retention, at the start and then every hour.
 */
import type { Clock } from '../core/clock.js';
import { isCancelled, toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Scope } from '../core/scope.js';
import type { EmotionalMemory } from '../memory/emotional-memory.js';

const pauseMs = 3_600_000;

/** Runs in the scope until it ends; a failed round is logged and the next one tries again. */
export function keepSwept(
  memory: EmotionalMemory,
  options: {
    readonly retentionDays: (tenant: string) => number;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly scope: Scope;
  },
): void {
  const { retentionDays, clock, logger, scope } = options;
  scope.spawn('sweep', async (signal) => {
    for (;;) {
      try {
        const count = await memory.sweep(retentionDays);
        if (count > 0) logger.info('forgot what is past its retention', { records: count });
      } catch (error) {
        if (isCancelled(error)) throw error;
        logger.error('the memory could not be swept', { code: toAttuneError(error, 'MEMORY_UNAVAILABLE').code });
      }
      await clock.sleep(pauseMs, signal);
    }
  });
}
