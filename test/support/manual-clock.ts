/**
 * A clock that stands still until a test advances it. Timers fire in order of their instants; between two of them the
 * microtask queue drains, so awaited continuations run as they would in life.
 */
import type { Clock, Timer } from '../../src/core/clock.js';

interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  #waiting: Waiting[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  wallTimeMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  /** Delays of the timers that wait now, soonest first. */
  get pendingDelaysMs(): readonly number[] {
    return this.#sorted().map((timer) => timer.atMs - this.#nowMs);
  }

  sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      const timer = this.after(durationMs, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  after(delayMs: number, callback: () => void): Timer {
    const waiting: Waiting = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire: callback };
    this.#waiting.push(waiting);
    return {
      cancel: () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
      },
    };
  }

  /** Moves time forward, firing what falls due, and drains microtasks before, between and after. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await this.settle();
    for (;;) {
      const next = this.#sorted()[0];
      if (!next || next.atMs > endMs) break;
      this.#waiting = this.#waiting.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.fire();
      await this.settle();
    }
    this.#nowMs = endMs;
    await this.settle();
  }

  /** Lets every promise continuation that is ready run. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  }

  #sorted(): Waiting[] {
    return [...this.#waiting].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }
}
