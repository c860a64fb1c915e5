/**
 * The numbers by which turns begin, end and are broken off, and where they come from.
 */

export interface TurnPolicy {
  /** A window with at least this speech probability is speech. */
  readonly speechThreshold: number;
  /** A window below this is silence; in between keeps what was. Silero's own example uses 0.15 below the threshold. */
  readonly silenceThreshold: number;
  /** Speech needed before an utterance opens while nobody else speaks. */
  readonly minSpeechMs: number;
  /** Audio before the detected start that belongs to the utterance. */
  readonly prefixPaddingMs: number;
  /**
   * A window over the assistant's voice with at least this speech probability holds it at once; lower ones when they amount
   * to `minSpeechMs`.
   */
  readonly holdProbability: number;
  /** Speech over the assistant's voice that makes an interruption certain without looking at the words. */
  readonly confirmInterruptionMs: number;
  /** Silence after short speech over the assistant before its words decide what it was. */
  readonly judgeSilenceMs: number;
  /** Silence after which short speech whose words say nothing is over; pauses between words are shorter. */
  readonly dismissSilenceMs: number;
  /** False: the caller may speak over the assistant without stopping it. */
  readonly interruptReply: boolean;
  /** An utterance is ended when it is this long. */
  readonly maxUtteranceMs: number;
  readonly endpointing: EndpointingPolicy;
}

export type EndpointingPolicy =
  | { readonly type: 'fixed'; readonly silenceDurationMs: number }
  | {
      readonly type: 'adaptive';
      /** Wait when everything says that the turn is over. */
      readonly shortestWaitMs: number;
      /** Wait when nothing is known. */
      readonly usualWaitMs: number;
      /** Wait when everything says that the caller goes on. */
      readonly longestWaitMs: number;
    };

export const defaultTurnPolicy: TurnPolicy = {
  speechThreshold: 0.5,
  silenceThreshold: 0.35,
  minSpeechMs: 96,
  prefixPaddingMs: 300,
  holdProbability: 0.85,
  confirmInterruptionMs: 500,
  judgeSilenceMs: 96,
  dismissSilenceMs: 256,
  interruptReply: true,
  maxUtteranceMs: 60_000,
  endpointing: { type: 'adaptive', shortestWaitMs: 288, usualWaitMs: 480, longestWaitMs: 1_600 },
};
