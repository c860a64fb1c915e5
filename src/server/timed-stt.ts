/**
 * Speech to text whose answers in and after a pause are timed: what a caller waits for.
 *
 * For a recogniser of this machine; how long another one takes says nothing of the load here.
 */
import { isCancelled } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { LoadLevel } from '../core/load-level.js';
import type { Stt, SttHypothesis, SttOpenOptions, SttUtterance } from '../stages/stt/stt.js';

export interface TimedSttOptions {
  readonly clock: Clock;
  /** Told after every answer, and after every failure but cancellation. */
  readonly note: (delayMs: number) => void;
}

export class TimedStt implements Stt {
  readonly name: string;
  readonly #stt: Stt;
  readonly #options: TimedSttOptions;

  /** The recogniser is lent. */
  constructor(stt: Stt, options: TimedSttOptions) {
    this.name = stt.name;
    this.#stt = stt;
    this.#options = options;
  }

  open(request: SttOpenOptions): SttUtterance {
    const utterance = this.#stt.open(request);
    let finished: Promise<SttHypothesis> | undefined;
    return {
      accept: (samples) => utterance.accept(samples),
      partials: utterance.partials,
      foresee: () => this.#timed(utterance.foresee()),
      finish: () => (finished ??= this.#timed(utterance.finish())),
    };
  }

  async ease(level: LoadLevel): Promise<void> {
    await this.#stt.ease?.(level);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #timed<T extends SttHypothesis | null>(answer: Promise<T>): Promise<T> {
    const { clock, note } = this.#options;
    const startedMs = clock.nowMs();
    let isAnswer = true;
    try {
      const hypothesis = await answer;
      isAnswer = hypothesis !== null;
      return hypothesis;
    } catch (error) {
      isAnswer = !isCancelled(error);
      throw error;
    } finally {
      if (isAnswer) note(clock.nowMs() - startedMs);
    }
  }
}
