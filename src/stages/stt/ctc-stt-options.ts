/**
 * What the embedded recogniser can be told, and what it is made of.
 */
import type { Clock } from '../../core/clock.js';
import type { Batcher } from '../../inference/batcher.js';
import type { AcousticRequest, AcousticResult, AcousticShape } from './ctc-acoustic-model.js';
import type { DecoderService } from './decoder-thread.js';
import type { Hotword } from './hotwords.js';

export interface CtcSttOptions {
  readonly name: string;
  /** Primary language subtag of the models, for example `en`. */
  readonly language: string;
  /** Encoder frames (40 ms) per request: latency of the partial text against cost and accuracy. */
  readonly chunkFrames: number;
  /** Audio beyond this is dropped and the final hypothesis says so. */
  readonly maxUtteranceMs: number;
  /** Time one chunk may take, queueing included, before it is refused. */
  readonly chunkDeadlineMs: number;
  /** Words every utterance listens for, after its own. */
  readonly hotwords: readonly (string | Hotword)[];
}

export const defaultCtcSttOptions: CtcSttOptions = {
  name: 'stt-en',
  language: 'en',
  chunkFrames: 8,
  maxUtteranceMs: 60_000,
  chunkDeadlineMs: 5_000,
  hotwords: [],
};

/** What a recogniser is made of. */
export interface CtcSttParts {
  readonly batcher: Batcher<AcousticRequest, AcousticResult>;
  readonly shape: AcousticShape;
  /** Owned from here on: disposed with the recogniser. */
  readonly decoders: DecoderService;
  readonly clock: Clock;
}
