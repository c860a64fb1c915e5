/**
 * What the main thread and a decoder thread say to each other.
 *
 * Every `feed` and `finish` is answered by exactly one reply with its `requestId`; `open` and `drop` are not answered. An
 * utterance that failed or finished no longer exists on the thread.
 */
import type { ErrorCode } from '../../core/error-catalogue.js';
import type { BeamSearchOptions } from './ctc-beam-search.js';
import type { Decoding, FinalDecoding } from './ctc-decoder.js';
import type { DecoderFiles } from './decoder-resources.js';

/** `workerData` of a decoder thread. */
export interface DecoderThreadSettings {
  readonly files: DecoderFiles;
  readonly search: BeamSearchOptions;
  /** Utterances open at once; one more is refused with OVERLOADED. */
  readonly maxUtterances: number;
  /** Complete hypotheses returned at the end. */
  readonly nBest: number;
}

export type DecoderCommand =
  | { readonly type: 'open'; readonly utteranceId: number; readonly hotwords: readonly string[] }
  | { readonly type: 'feed'; readonly utteranceId: number; readonly requestId: number; readonly logProbs: Float32Array }
  | { readonly type: 'finish'; readonly utteranceId: number; readonly requestId: number }
  | { readonly type: 'drop'; readonly utteranceId: number };

export type DecoderReply =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'decoded'; readonly requestId: number; readonly decoding: Decoding }
  | { readonly type: 'finished'; readonly requestId: number; readonly decoding: FinalDecoding }
  | { readonly type: 'failed'; readonly requestId: number; readonly code: ErrorCode; readonly message: string };
