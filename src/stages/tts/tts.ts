/**
 * Speech synthesis, clause by clause.
 */
import type { SpeakingStyle } from './speaking-style.js';

export interface TtsClause {
  readonly text: string;
  readonly style: SpeakingStyle;
  /** A voice of `voices`, or anything else for the default voice. */
  readonly voice: string;
  readonly language: string;
}

export interface Tts extends AsyncDisposable {
  readonly name: string;
  readonly voices: readonly string[];
  /** Rate of every voice's output. */
  readonly sampleRateHz: number;
  /**
   * Speaks one clause; yields consecutive mono blocks of −1…1 as soon as they exist, the closing pause included.
   * Aborting stops the work within the clause as far as the engine can. Throws SYNTHESIS_FAILED.
   */
  synthesise(clause: TtsClause, options: { readonly signal: AbortSignal }): AsyncIterable<Float32Array>;
}
