/**
 * What a decoder thread is asked and what it answers. Every request has one answer or a typed failure.
 */
import type { BeamSearchOptions, SearchEffort } from './ctc-beam-search.js';
import type { Decoding, FinalDecoding } from './ctc-decoder.js';
import type { DecoderFiles } from './decoder-resources.js';
import type { HotwordPhrase } from './hotwords.js';

/** `workerData` of a decoder thread. */
export interface DecoderThreadSettings extends DecoderLimits {
  readonly files: DecoderFiles;
}

export interface DecoderLimits {
  readonly search: BeamSearchOptions;
  /** Utterances open at once; one more is refused with OVERLOADED. */
  readonly maxUtterances: number;
  /** Complete hypotheses returned at the end. */
  readonly nBest: number;
}

export type DecoderRequest =
  /** Answered when the data is loaded. */
  | { readonly type: 'load' }
  | { readonly type: 'open'; readonly utteranceId: number; readonly hotwords: readonly HotwordPhrase[] }
  /** One chunk [frames, vocabulary] of log posteriors; the buffer is transferred. */
  | { readonly type: 'feed'; readonly utteranceId: number; readonly logProbs: Float32Array }
  /** The same with provisional posteriors, which the next `feed` replaces; the buffer is transferred. */
  | { readonly type: 'preview'; readonly utteranceId: number; readonly logProbs: Float32Array }
  /** What `finish` would answer after a `feed` of these posteriors; the buffer is transferred. */
  | { readonly type: 'foresee'; readonly utteranceId: number; readonly logProbs: Float32Array }
  /** Cost against accuracy of all searches, those in progress too. */
  | { readonly type: 'tune'; readonly effort: SearchEffort }
  /** Ends the utterance. */
  | { readonly type: 'finish'; readonly utteranceId: number }
  /** Forgets the utterance; harmless when there is none. */
  | { readonly type: 'drop'; readonly utteranceId: number };

export type DecoderAnswer =
  | { readonly type: 'done' }
  | { readonly type: 'decoded'; readonly decoding: Decoding }
  | { readonly type: 'finished'; readonly decoding: FinalDecoding };
