/**
 * How one caller sounds, over the call: asks the voice emotion stage and keeps the caller's own baseline.
 *
 * A judgement is asked for at the first pause already, so that it is ready when the pause turns out to be the end. The
 * baseline moves only by whole utterances. A failure yields null and is reported: a call goes on without emotion.
 */
import { isCancelled, toAttuneError, type AttuneError } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { SpeakerBaseline, VoiceEmotion, VoiceEmotionStage } from '../stages/emotion/voice-emotion.js';

/** A judgement later than this is of no use to the reply. */
const voiceEmotionTimeoutMs = 1_000;

/** A judgement with what it was made from, so that it can be made again. */
export interface JudgedVoice {
  readonly emotion: VoiceEmotion;
  /** 16 kHz mono, −1…1. */
  readonly samples: Float32Array;
  /** The caller's usual voice it was compared with; null for a caller never heard. */
  readonly against: SpeakerBaseline | null;
}

interface Judgement {
  readonly endSample: number;
  readonly isWhole: boolean;
  readonly outcome: Promise<(JudgedVoice & { readonly baseline: SpeakerBaseline }) | null>;
}

export class VoiceListening {
  readonly #stage: VoiceEmotionStage | null;
  readonly #clock: Clock;
  readonly #callId: string;
  readonly #onFailure: (error: AttuneError) => void;
  #baseline: SpeakerBaseline | null = null;
  #latest: Judgement | undefined;

  constructor(options: {
    readonly stage: VoiceEmotionStage | null;
    readonly clock: Clock;
    readonly callId: string;
    readonly onFailure: (error: AttuneError) => void;
  }) {
    this.#stage = options.stage;
    this.#clock = options.clock;
    this.#callId = options.callId;
    this.#onFailure = options.onFailure;
  }

  /** How the caller usually sounds, as far as this call or an earlier one tells; null before the first utterance. */
  get baseline(): SpeakerBaseline | null {
    return this.#baseline;
  }

  /** Starts from an earlier call's baseline; one that this call has begun stays. */
  recall(baseline: SpeakerBaseline): void {
    this.#baseline ??= baseline;
  }

  /** A passing impression of the last seconds, 16 kHz, while the speech goes on. */
  async glimpse(samples: () => Float32Array, endSample: number, signal: AbortSignal): Promise<VoiceEmotion | null> {
    return (await this.#judge(samples, { endSample, isWhole: false }, signal))?.emotion ?? null;
  }

  /** How the speech that ends at `endSample` sounds, with reasons; asks once per end. */
  async judge(samples: () => Float32Array, endSample: number, signal: AbortSignal): Promise<VoiceEmotion | null> {
    return (await this.#judge(samples, { endSample, isWhole: true }, signal))?.emotion ?? null;
  }

  /** As `judge`, and takes the utterance into the caller's baseline. */
  async conclude(samples: () => Float32Array, endSample: number, signal: AbortSignal): Promise<JudgedVoice | null> {
    const result = await this.#judge(samples, { endSample, isWhole: true }, signal);
    if (result) this.#baseline = result.baseline;
    return result;
  }

  #judge(
    samples: () => Float32Array,
    of: Pick<Judgement, 'endSample' | 'isWhole'>,
    signal: AbortSignal,
  ): Judgement['outcome'] {
    if (this.#latest?.endSample !== of.endSample || this.#latest.isWhole !== of.isWhole)
      this.#latest = { ...of, outcome: this.#ask(samples(), of.isWhole, signal) };
    return this.#latest.outcome;
  }

  async #ask(samples: Float32Array, explain: boolean, signal: AbortSignal): Judgement['outcome'] {
    if (this.#stage === null) return null;
    try {
      const against = this.#baseline;
      const { emotion, baseline } = await this.#stage.estimate(samples, {
        baseline: against,
        explain,
        callId: this.#callId,
        signal,
        deadlineMs: this.#clock.nowMs() + voiceEmotionTimeoutMs,
      });
      return { emotion, baseline, samples, against };
    } catch (error) {
      if (!isCancelled(error)) this.#onFailure(toAttuneError(error, 'INFERENCE_FAILED'));
      return null;
    }
  }
}
