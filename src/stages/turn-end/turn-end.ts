/**
 * Does what was said before a pause sound like the end of a turn: the contract.
 */

export interface TurnEndOptions {
  readonly signal: AbortSignal;
  /** Instant on the clock after which the answer is useless. */
  readonly deadlineMs: number;
  /** For fairness between calls in the batcher. */
  readonly callId: string;
}

export interface TurnEndStage extends AsyncDisposable {
  readonly name: string;
  /** Primary subtags of BCP 47 of the languages it learnt. */
  readonly languages: readonly string[];
  /**
   * Probability 0…1 that the caller has finished, when pauses and ends are equally frequent. `samples` are the
   * utterance from its start with its padding, or at least its last 3 s, up to the end of its last window of speech: 16 kHz mono,
   * −1…1; copied. Null when there is too little to judge, as after a single word. Rejects with OVERLOADED, DEADLINE_EXCEEDED, INFERENCE_FAILED, WORKER_CRASHED or the signal's reason.
   */
  estimate(samples: Float32Array, options: TurnEndOptions): Promise<number | null>;
}
