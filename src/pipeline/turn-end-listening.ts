/**
 * Asks the end-of-turn model about a pause of one caller, where there is such a model and it knows the language.
 *
 * No answer is an answer: where the model is absent, fails or is too late, the turn machine goes by its other cues.
 */
import { isCancelled, toAttuneError, type AttuneError } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import { primaryLanguage } from '../core/language-tag.js';
import type { TurnEndStage } from '../stages/turn-end/turn-end.js';

/** An answer later than this finds the turn over, or the caller speaking on. */
const turnEndTimeoutMs = 600;

export interface TurnEndListeningOptions {
  readonly stage: TurnEndStage | null;
  readonly clock: Clock;
  readonly callId: string;
  /** Told of the first failure, and of the first after each success. */
  readonly onFailure: (error: AttuneError) => void;
}

export class TurnEndListening {
  readonly #options: TurnEndListeningOptions;
  #isFailing = false;

  constructor(options: TurnEndListeningOptions) {
    this.#options = options;
  }

  /** Whether asking about speech of this language can bring an answer. */
  knows(language: string): boolean {
    return this.#options.stage?.languages.includes(primaryLanguage(language)) ?? false;
  }

  /** Probability that the speech in `samples` (16 kHz mono, −1…1), which the pause follows, ends the turn; null: unknown. */
  async ask(samples: Float32Array, signal: AbortSignal): Promise<number | null> {
    const { stage, clock, callId, onFailure } = this.#options;
    if (stage === null) return null;
    try {
      const probability = await stage.estimate(samples, {
        signal,
        callId,
        deadlineMs: clock.nowMs() + turnEndTimeoutMs,
      });
      this.#isFailing = false;
      return probability;
    } catch (error) {
      if (isCancelled(error)) throw error;
      if (!this.#isFailing) onFailure(toAttuneError(error, 'INFERENCE_FAILED'));
      this.#isFailing = true;
      return null;
    }
  }
}
