/**
 * What a voice engine's thread is asked to speak in one go.
 */
import type { SpeakingStyle } from './speaking-style.js';

export interface SpokenPhrase {
  /** Text the engine can read, at most a few dozen words: what is spoken cannot be interrupted. */
  readonly text: string;
  /** One of the engine's voices, or anything else for its default. */
  readonly voice: string;
  readonly style: SpeakingStyle;
}
