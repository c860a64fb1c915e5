/**
 * One utterance as the listener hands it on: where it lay, what was said and how it sounded.
 *
 * Transcript and voice emotion are promises because they are still being made when the turn ends; both are owned by the
 * listener's scope and their failures are also delivered here, so a consumer must await them.
 */
import type { SttHypothesis } from '../stages/stt/stt.js';
import type { JudgedVoice } from './voice-listening.js';

export interface HeardUtterance {
  readonly id: string;
  /** On the caller's audio timeline, prefix padding included. */
  readonly startMs: number;
  /** End of the last speech on the caller's audio timeline. */
  readonly endMs: number;
  /** Windows with speech in them, summed. */
  readonly speechMs: number;
  /** Instant on the clock at which the last speech arrived. */
  readonly speechEndAtMs: number;
  /** Instant on the clock at which the turn was declared over. */
  readonly endpointAtMs: number;
  /** Speech above the noise of the line; null when there was too little of either to tell. */
  readonly snrDb: number | null;
  readonly transcript: Promise<SttHypothesis>;
  /** Null when emotion inference is off or the stage could not judge. */
  readonly voice: Promise<JudgedVoice | null>;
}
