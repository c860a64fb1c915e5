/**
 * What the embedded recogniser can be told, and what it is made of.
 */
import type { Clock } from '../../core/clock.js';
import type { Batcher } from '../../inference/batcher.js';
import type { AcousticRequest, AcousticResult, AcousticShape } from './ctc-acoustic-model.js';
import { defaultBeamSearchOptions, type SearchEffort } from './ctc-beam-search.js';
import type { DecoderService } from './decoder-thread.js';
import type { TranscriptWriter } from './written-form/transcript-writer.js';
import type { Hotword } from './hotwords.js';

export interface CtcSttOptions {
  readonly name: string;
  /** Primary language subtag of the models, for example `en`. */
  readonly language: string;
  /** Encoder frames (40 ms) per request whose result counts: accuracy against the work that is left at the end. */
  readonly chunkFrames: number;
  /**
   * Encoder frames per provisional request, for texts shown before a chunk is whole; `chunkFrames` is a multiple of it.
   * 0 for none: texts then come chunk by chunk, at about half the cost.
   */
  readonly previewFrames: number;
  /** Width of the search when the machine keeps up. */
  readonly search: SearchEffort;
  /** Audio beyond this is dropped and the final hypothesis says so. */
  readonly maxUtteranceMs: number;
  /** Time one chunk may take, queueing included, before it is refused. */
  readonly chunkDeadlineMs: number;
  /** Words every utterance listens for, after its own. */
  readonly hotwords: readonly (string | Hotword)[];
}

/** What `tune` changes; see CtcSttOptions and BeamSearchOptions. */
export type SttEffort = SearchEffort & Pick<CtcSttOptions, 'previewFrames'>;

export const defaultCtcSttOptions: CtcSttOptions = {
  name: 'stt-en',
  language: 'en',
  chunkFrames: 64,
  previewFrames: 8,
  search: { beam: defaultBeamSearchOptions.beam, maxActive: defaultBeamSearchOptions.maxActive },
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
  readonly writer: TranscriptWriter;
  readonly clock: Clock;
}
