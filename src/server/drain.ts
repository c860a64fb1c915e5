/**
 * From a signal of the operating system to a clean end: the first SIGTERM or SIGINT drains, the second does not wait.
 */
import type { EventEmitter } from 'node:events';

export interface DrainSteps {
  /** Settles when every call has ended. */
  drain(): Promise<void>;
  /** Cuts the waiting of `drain` short. */
  hurry(): void;
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Resolves with the signal's name when draining has finished; rejects with its failure. `signals` is the process, or in
 * a test any emitter. Listeners are gone when it settles.
 */
export function drainOnSignal(signals: EventEmitter, steps: DrainSteps): Promise<string> {
  return new Promise((resolve, reject) => {
    let draining = false;
    const listeners = stopSignals.map((name) => {
      const listener = (): void => {
        if (draining) return steps.hurry();
        draining = true;
        steps
          .drain()
          .finally(() => listeners.forEach((remove) => remove()))
          .then(() => resolve(name), reject);
      };
      signals.on(name, listener);
      return () => signals.off(name, listener);
    });
  });
}
