/**
 * How a person feels in one turn: sentiment of the words, fused with the voice, placed in the course of the call.
 *
 * One per call, for it keeps the course. A failed side is left out and reported; the estimate says so by its weights.
 */
import { isCancelled, toAttuneError, type AttuneError } from '../core/errors.js';
import type { VoiceEmotion } from '../stages/emotion/voice-emotion.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';
import {
  advanceTimeline,
  emptyTimeline,
  type EmotionTimeline,
  type EmotionTrend,
} from '../stages/fusion/emotion-timeline.js';
import type { ExpressionScores } from '../stages/fusion/expression-scores.js';
import type { EmotionContext } from '../stages/llm/responder.js';
import type { TextSentiment } from '../stages/sentiment/sentiment.js';
import type { Abilities } from './abilities.js';
import { estimateTurn, type TurnWords } from './turn-estimate.js';

/** A judgement later than this is of no use to the reply. */
const sentimentTimeoutMs = 500;

export interface TurnImpression {
  readonly estimate: EmotionEstimate;
  readonly trend: EmotionTrend;
  readonly expressions: ExpressionScores;
  /** False when there were no words, or they could not be judged. */
  readonly textJudged: boolean;
  readonly sentimentAtMs: number;
  readonly fusedAtMs: number;
}

export class Feeling {
  readonly #abilities: Pick<Abilities, 'sentiment' | 'clock'>;
  readonly #callId: string;
  readonly #onFailure: (error: AttuneError) => void;
  #timeline: EmotionTimeline = emptyTimeline;
  #latest: EmotionEstimate | undefined;

  constructor(options: {
    readonly abilities: Pick<Abilities, 'sentiment' | 'clock'>;
    readonly callId: string;
    readonly onFailure: (error: AttuneError) => void;
  }) {
    this.#abilities = options.abilities;
    this.#callId = options.callId;
    this.#onFailure = options.onFailure;
  }

  /** Judges a whole turn and takes it into the course. `voice` may still be on its way. */
  async judge(words: TurnWords, voice: Promise<VoiceEmotion | null>, signal: AbortSignal): Promise<TurnImpression> {
    const text = await this.#sentiment(words, signal, this.#onFailure);
    const sentimentAtMs = this.#abilities.clock.nowMs();
    const { estimate, expressions } = estimateTurn(words, { voice: await voice, text });
    this.#timeline = advanceTimeline(this.#timeline, estimate);
    this.#latest = estimate;
    const fusedAtMs = this.#abilities.clock.nowMs();
    const textJudged = text !== null;
    return { estimate, trend: this.#timeline.trend, expressions, textJudged, sentimentAtMs, fusedAtMs };
  }

  /** A passing impression of the voice alone, while the caller still speaks. */
  glimpse(voice: VoiceEmotion, speechMs: number): { readonly estimate: EmotionEstimate; readonly trend: EmotionTrend } {
    const words = { text: '', confidence: null, language: 'en', speechMs, snrDb: null };
    const { estimate } = estimateTurn(words, { voice, text: null });
    return { estimate, trend: this.#timeline.trend };
  }

  /** What `context` would be after `judge`; nothing is kept, and no failure is told. */
  async foresee(
    words: TurnWords,
    voice: Promise<VoiceEmotion | null>,
    signal: AbortSignal,
  ): Promise<EmotionContext | null> {
    const text = await this.#sentiment(words, signal, () => undefined);
    const { estimate } = estimateTurn(words, { voice: await voice, text });
    return contextOf(estimate, advanceTimeline(this.#timeline, estimate).trend);
  }

  /** What a responder is told; null before the first judgement or when it had no grounds. */
  context(): EmotionContext | null {
    return this.#latest ? contextOf(this.#latest, this.#timeline.trend) : null;
  }

  async #sentiment(
    words: TurnWords,
    signal: AbortSignal,
    onFailure: (error: AttuneError) => void,
  ): Promise<TextSentiment | null> {
    if (words.text.trim() === '') return null;
    const { sentiment, clock } = this.#abilities;
    if (sentiment === null) return null;
    try {
      const deadlineMs = clock.nowMs() + sentimentTimeoutMs;
      return await sentiment.analyse(words.text, {
        language: words.language,
        callId: this.#callId,
        signal,
        deadlineMs,
      });
    } catch (error) {
      if (isCancelled(error)) throw error;
      onFailure(toAttuneError(error, 'INFERENCE_FAILED'));
      return null;
    }
  }
}

function contextOf(estimate: EmotionEstimate, trend: EmotionTrend): EmotionContext | null {
  if (estimate.weights.voice + estimate.weights.text === 0) return null;
  const { label, arousal, valence, dominance, confidence, explanation } = estimate;
  return { label, arousal, valence, dominance, confidence, explanation, trend };
}
