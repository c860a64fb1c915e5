/**
 * How far a long piece of work is, on standard error: one line that is rewritten on a terminal, a line for every tenth
 * elsewhere.
 */
import type { Clock } from '../core/clock.js';
import { terminal } from './terminal.js';

export interface ProgressOptions {
  readonly total: number;
  /** What is counted, in the plural: `clips`. */
  readonly noun: string;
  readonly clock: Clock;
}

const barCells = 24;
/** With fewer pieces nobody has to be told outside a terminal. */
const reportedFrom = 10;

export class ProgressBar implements Disposable {
  readonly #options: ProgressOptions;
  readonly #startedAtMs: number;
  #doneCount = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.nowMs();
  }

  /** So many more are done. */
  advance(count = 1): void {
    const { total, noun, clock } = this.#options;
    const before = this.#doneCount;
    this.#doneCount += count;
    if (terminal.rewritesErrors) {
      terminal.rewrite(
        progressLine({ doneCount: this.#doneCount, total, noun, elapsedMs: clock.nowMs() - this.#startedAtMs }),
      );
    } else if (total >= reportedFrom && reachesTenth(before, this.#doneCount, total)) {
      terminal.complain(`${this.#doneCount} of ${total} ${noun}`);
    }
  }

  /** Takes the line away, for other lines or at the end. */
  clear(): void {
    if (terminal.rewritesErrors) terminal.rewrite('');
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

/** `████████──── 120 of 240 clips, 1:05 left`. Pure. */
export function progressLine(state: {
  readonly doneCount: number;
  readonly total: number;
  readonly noun: string;
  readonly elapsedMs: number;
}): string {
  const { doneCount, total, noun, elapsedMs } = state;
  const cells = Math.round((barCells * doneCount) / Math.max(1, total));
  const bar = '█'.repeat(cells) + '─'.repeat(barCells - cells);
  const leftSeconds = Math.round((elapsedMs * (total - doneCount)) / Math.max(1, doneCount) / 1000);
  const left = `${Math.floor(leftSeconds / 60)}:${String(leftSeconds % 60).padStart(2, '0')} left`;
  return `${bar} ${doneCount} of ${total} ${noun}${doneCount === 0 || doneCount === total ? '' : `, ${left}`}`;
}

/** True when a further tenth of the work was done on the way from `before` to `after`. */
export function reachesTenth(before: number, after: number, total: number): boolean {
  return Math.floor((10 * after) / total) > Math.floor((10 * before) / total);
}
