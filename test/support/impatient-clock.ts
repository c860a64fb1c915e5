/**
 * The real clock, except that nobody waits: pauses are written down and are over at once.
 */
import { SystemClock } from '../../src/core/system-clock.js';

export class ImpatientClock extends SystemClock {
  readonly pausesMs: number[] = [];

  override async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.pausesMs.push(durationMs);
  }
}
