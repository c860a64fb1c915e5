/**
 * What every recogniser has to do for one utterance: take audio, take a step, finish.
 *
 * `DrivenUtterance` owns everything around it: limits, cancelling, one step at a time, partial and final texts.
 */
import type { HotwordPhrase } from '../hotwords.js';
import type { SttAlternative, SttWord } from '../stt.js';

/** What an engine heard in some audio; times count from the utterance's first sample. */
export interface Recognised {
  /** As the engine spells it, capitals and punctuation included if it has them. */
  readonly text: string;
  readonly words: readonly SttWord[];
  /** The first so many words cannot change any more. */
  readonly settledCount: number;
  /** Other readings of the whole utterance, best first, of an engine that keeps some; given by `finish` alone. */
  readonly alternatives?: readonly SttAlternative[];
}

export interface UtteranceTask {
  /** Adds samples: 16 kHz, mono, −1…1; kept by the task. */
  accept(samples: Float32Array): void;
  /** True when enough new audio waits for a partial text. */
  readonly ready: boolean;
  /** Recognises what there is so far. Called only when `ready`, never twice at a time. */
  step(): Promise<Recognised>;
  /**
   * What `finish` would give if no more audio came, by an engine that can tell without ending the utterance. Not called while
   * a step runs.
   */
  foresee?(): Promise<Recognised>;
  /** Recognises everything, once, after the last step has settled. */
  finish(): Promise<Recognised>;
  /** Frees what the engine keeps for the utterance; harmless when there is nothing, and called once at the end. */
  drop(): void;
}

/** What a task is told at its beginning. */
export interface TaskRequest {
  readonly callId: string;
  /** BCP 47, or undefined when nobody said. */
  readonly language: string | undefined;
  /** Words to listen for, with weights and pronunciations: the utterance's own first, each once. */
  readonly phrases: readonly HotwordPhrase[];
  /** The same as plain text, for engines that take no more than that. */
  readonly hotwords: readonly string[];
  /** Aborts with the utterance, whatever ends it. */
  readonly signal: AbortSignal;
}
