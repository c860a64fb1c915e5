/**
 * Speech to text: the contract.
 *
 * A recogniser opens one `SttUtterance` per stretch of speech. Audio goes in without waiting, partial texts come out
 * while the caller speaks, and `finish` gives the final text. Where speech starts and ends is decided elsewhere.
 */
import type { AttuneError } from '../../core/errors.js';
import type { LoadLevel } from '../../core/load-level.js';
import type { WrittenSpan } from './written-form/written-span.js';
import type { Hotword } from './hotwords.js';

/** One recognised word; times are milliseconds from the utterance's first sample. */
export interface SttWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Estimated probability that the word is right, 0…1. */
  readonly confidence: number;
}

/** Another complete reading of the utterance. */
export interface SttAlternative {
  /** Plain lower-case words. */
  readonly text: string;
  /** Share of the probability of all complete hypotheses that were kept, the winner's included, 0…1. */
  readonly probability: number;
}

export interface SttHypothesis {
  /** All words so far as plain lower-case text; the final one has capitals and punctuation, numbers stay words. */
  readonly text: string;
  /** Of a final hypothesis: the same in written form, with digits, times, money, addresses. Absent: as `text`. */
  readonly writtenText?: string;
  /** The pieces of `writtenText` with the words that each stands for. */
  readonly writtenSpans?: readonly WrittenSpan[];
  /** The beginning of the words that later audio cannot change: a prefix of the unformatted text. */
  readonly stableText: string;
  readonly words: readonly SttWord[];
  /** Mean confidence of the words, 0…1; 1 for an empty text. */
  readonly confidence: number;
  readonly isFinal: boolean;
  /** Other readings, best first; on a final hypothesis of a recogniser that keeps some. */
  readonly alternatives?: readonly SttAlternative[];
  /** On a final hypothesis that covers only the beginning: UTTERANCE_TOO_LONG, audio beyond the limit was dropped. */
  readonly error?: AttuneError;
}

export interface SttOpenOptions {
  /** Aborting drops the utterance: partials end and `finish` rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Caller, for fair batching. */
  readonly callId: string;
  /** BCP 47 tag; throws LANGUAGE_UNSUPPORTED when the recogniser has no such language. */
  readonly language?: string;
  /**
   * Words and phrases to listen for in this utterance, known to the recogniser or not; a final hypothesis spells them as
   * given. What cannot be used or goes beyond the limits is left out: `readHotwords` tells.
   */
  readonly hotwords?: readonly (string | Hotword)[];
}

/** One utterance in progress. */
export interface SttUtterance {
  /** Adds samples: 16 kHz, mono, −1…1; copied. Never waits. Ignored after `finish`. */
  accept(samples: Float32Array): void;
  /**
   * Latest wins: a slow reader misses intermediate texts. Ends at `finish`, cancellation or failure, or throws when a
   * partial text failed alone and the final one is still to come; one reader.
   */
  readonly partials: AsyncIterable<SttHypothesis>;
  /**
   * What `finish` would give if no more audio came; the utterance goes on. Null where a recogniser cannot tell without ending
   * the utterance. Rejects as `finish` does, and with a cancellation when `finish` is called before it has settled.
   */
  foresee(): Promise<SttHypothesis | null>;
  /**
   * Recognises what is left and settles with the final text. Rejects with the signal's reason when cancelled, or with
   * the failure of the model or the decoder. Later calls return the first's promise.
   */
  finish(): Promise<SttHypothesis>;
}

export interface Stt extends AsyncDisposable {
  readonly name: string;
  open(options: SttOpenOptions): SttUtterance;
  /**
   * Gives up what costs most and is missed least, step by step: partial texts less often, then readings that are weighed.
   * Holds for utterances in progress as well. Absent where a recogniser has nothing to give up.
   */
  ease?(level: LoadLevel): Promise<void>;
}
