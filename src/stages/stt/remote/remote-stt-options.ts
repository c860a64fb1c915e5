/**
 * What the remote recogniser can be told.
 */
import type { Clock } from '../../../core/clock.js';
import type { Hotword } from '../hotwords.js';
import type { TranscriptWriter } from '../written-form/transcript-writer.js';

export interface RemoteSttOptions {
  /** Up to, without, `/audio/transcriptions`: `http://127.0.0.1:8000/v1`. No user name or password in it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly clock: Clock;
  /** Sent as a bearer token. */
  readonly apiKey: string | null;
  readonly maxUtteranceMs: number;
  readonly writer: TranscriptWriter;
  /** Words every utterance listens for, after its own. */
  readonly hotwords?: readonly (string | Hotword)[];
  /** Time one recording may take, attempts and pauses included. */
  readonly timeoutMs: number;
  /** New audio before a partial text, each a request of its own; null for none. */
  readonly partialEveryMs: number | null;
  /** Requests on their way at one time; further ones wait, up to as many again, then OVERLOADED. */
  readonly maxRequests?: number;
  /** `verbose_json` asks for times and confidences, which some models refuse; then it goes on with `json`. */
  readonly format?: 'verbose_json' | 'json';
  readonly maxAttempts?: number;
}
