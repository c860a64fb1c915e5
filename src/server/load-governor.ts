/**
 * Watches whether the machine keeps up with all calls, and calls for giving up in steps what callers miss least:
 *
 *   1  texts are shown half as often while a caller speaks
 *   2  a quarter as often, and the voice is judged only where speech ends
 *   3  texts come every two and a half seconds, and fewer readings are weighed
 *   4  besides, new calls are refused
 *
 * Two waits are measured. How long a window of sound waits for its speech probability: every 32 ms of every call, through
 * queue, worker and event loop, so whatever delays everything shows there. And how long the recogniser takes for what was said
 * before a pause: it does most of the work, so this is what grows first when calls are too many, and what callers hear. The
 * slower of the two counts. A second that was too slow raises the level by one step, as far as its slowness goes; five seconds
 * in a row that were quick enough lower it by one.
 */
import type { Clock } from '../core/clock.js';
import { toAttuneError } from '../core/errors.js';
import type { Load, LoadLevel } from '../core/load-level.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Scope } from '../core/scope.js';

const lookEveryMs = 1_000;
const calmLooks = 5;

/** What calls wait for. */
export type LoadWait = 'speech-probability' | 'transcript';

interface WaitLimits {
  /** A look takes in the waits that ended in so many looks. */
  readonly looks: number;
  /** Fewer waits than these say nothing of the load: of one or two calls that are slow, calls are not the reason. */
  readonly fewest: number;
  /** The 90th percentile from which each level is called for. */
  readonly slowMs: readonly [number, number, number, number];
}

const limitsOf: Readonly<Record<LoadWait, WaitLimits>> = {
  /** Below a window's length nobody hears anything of it. */
  'speech-probability': { looks: 1, fewest: 20, slowMs: [40, 80, 120, 160] },
  /** A single call's take some 60 ms on one core; docs/lab.md has the measurement. */
  transcript: { looks: 4, fewest: 6, slowMs: [90, 130, 170, 210] },
};
const waits: readonly LoadWait[] = ['speech-probability', 'transcript'];

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
  /** Per wait, what was noted before each of the latest looks, oldest first; the last is being filled. */
  readonly #noted: Readonly<Record<LoadWait, number[][]>> = { 'speech-probability': [[]], transcript: [[]] };
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

  /** Something of some call waited so long for its answer. */
  note(wait: LoadWait, delayMs: number): void {
    this.#noted[wait].at(-1)?.push(delayMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.cancel('shutdown');
    await this.#scope[Symbol.asyncDispose]();
  }

  #look(): void {
    const p90Ms = { 'speech-probability': this.#p90Ms('speech-probability'), transcript: this.#p90Ms('transcript') };
    const called = Math.max(
      ...waits.map((wait) => limitsOf[wait].slowMs.filter((thresholdMs) => p90Ms[wait] >= thresholdMs).length),
    );
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

  /** 0 where too few waited; begins the next look. */
  #p90Ms(wait: LoadWait): number {
    const { looks, fewest } = limitsOf[wait];
    const noted = this.#noted[wait];
    const delaysMs = noted.flat().sort((a, b) => a - b);
    noted.push([]);
    if (noted.length > looks) noted.shift();
    const p90Ms = delaysMs.length < fewest ? 0 : (delaysMs[Math.floor(0.9 * delaysMs.length)] ?? 0);
    this.#options.metrics.set('load_wait_p90_ms', p90Ms, { wait });
    return p90Ms;
  }

  #set(level: LoadLevel, p90Ms: Readonly<Record<LoadWait, number>>): void {
    const { logger, metrics, onLevel } = this.#options;
    const isWorse = level > this.#level;
    this.#level = level;
    metrics.set('load_level', level);
    const facts = {
      level,
      windowDelayP90Ms: Math.round(p90Ms['speech-probability']),
      transcriptDelayP90Ms: Math.round(p90Ms.transcript),
    };
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
