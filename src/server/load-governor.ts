/**
 * Watches whether the machine keeps up with all calls, and calls for giving up in steps what callers miss least:
 *
 *   1  texts are shown half as often while a caller speaks
 *   2  a quarter as often, and the voice is judged only where speech ends
 *   3  texts come every two and a half seconds, and fewer readings are weighed
 *   4  besides, new calls are refused
 *
 * What is measured is how long a window of sound waits for its speech probability: every 32 ms of every call, through queue,
 * worker and event loop, so whatever is overloaded shows there. A second that was too slow raises the level by one step, as
 * far as its slowness goes; five seconds in a row that were quick enough lower it by one.
 */
import type { Clock } from '../core/clock.js';
import { toAttuneError } from '../core/errors.js';
import type { Load, LoadLevel } from '../core/load-level.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Scope } from '../core/scope.js';

const lookEveryMs = 1_000;
/** Slower looks than this many windows say nothing of the load. */
const fewestWindows = 20;
/** The 90th percentile from which each level is called for: below a window's length nobody hears anything of it. */
const slowMs: readonly number[] = [40, 80, 120, 200];
const calmLooks = 5;

export interface LoadGovernorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Carries out a change of the level; a failure is logged. */
  readonly onLevel: (level: LoadLevel) => Promise<void>;
}

export class LoadGovernor implements Load, AsyncDisposable {
  readonly #options: LoadGovernorOptions;
  readonly #scope = new Scope('load', () => undefined);
  #level: LoadLevel = 0;
  #delaysMs: number[] = [];
  #calm = 0;

  constructor(options: LoadGovernorOptions) {
    this.#options = options;
    options.metrics.set('load_level', 0);
    this.#scope.spawn('look', async (signal) => {
      for (;;) {
        await options.clock.sleep(lookEveryMs, signal);
        this.#look();
      }
    });
  }

  get level(): LoadLevel {
    return this.#level;
  }

  /** A window of some call waited so long for its answer. */
  note(delayMs: number): void {
    this.#delaysMs.push(delayMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.cancel('shutdown');
    await this.#scope[Symbol.asyncDispose]();
  }

  #look(): void {
    const delaysMs = this.#delaysMs.sort((a, b) => a - b);
    this.#delaysMs = [];
    const p90Ms = delaysMs.length < fewestWindows ? 0 : (delaysMs[Math.floor(0.9 * delaysMs.length)] ?? 0);
    const called = slowMs.filter((thresholdMs) => p90Ms >= thresholdMs).length as LoadLevel;
    if (called > this.#level) {
      this.#calm = 0;
      this.#set((this.#level + 1) as LoadLevel, p90Ms);
    } else if (called === this.#level) this.#calm = 0;
    else {
      this.#calm += 1;
      if (this.#calm < calmLooks) return;
      this.#calm = 0;
      this.#set((this.#level - 1) as LoadLevel, p90Ms);
    }
  }

  #set(level: LoadLevel, p90Ms: number): void {
    const { logger, metrics, onLevel } = this.#options;
    const isWorse = level > this.#level;
    this.#level = level;
    metrics.set('load_level', level);
    const facts = { level, windowDelayP90Ms: Math.round(p90Ms) };
    if (isWorse) logger.warn('the machine does not keep up: something is given up', facts);
    else logger.info('the machine keeps up again: something is taken up', facts);
    this.#scope.spawn('carry out', async () => {
      try {
        await onLevel(level);
      } catch (error) {
        logger.error('a level of load could not be carried out', {
          level,
          code: toAttuneError(error, 'INTERNAL').code,
        });
      }
    });
  }
}
