/**
 * The abilities a call is made of, as the pipeline is handed them. All are shared by all calls; none belongs to one.
 */
import type { Clock } from '../core/clock.js';
import type { Load } from '../core/load-level.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { VoiceEmotionStage } from '../stages/emotion/voice-emotion.js';
import type { Responder } from '../stages/llm/responder.js';
import type { ResponseRules } from '../stages/response/response-rule.js';
import type { SentimentStage } from '../stages/sentiment/sentiment.js';
import type { Stt } from '../stages/stt/stt.js';
import type { Tts } from '../stages/tts/tts.js';
import type { TurnEndStage } from '../stages/turn-end/turn-end.js';
import type { Vad } from '../stages/vad/vad.js';

export interface Abilities {
  readonly vad: Vad;
  readonly stt: Stt;
  /** Null: pauses are judged by words and cadence alone. */
  readonly turnEnd: TurnEndStage | null;
  /** Null, as `sentiment`, when no call may have emotion inferred. */
  readonly voiceEmotion: VoiceEmotionStage | null;
  readonly sentiment: SentimentStage | null;
  readonly responder: Responder;
  /** How to respond to feelings; `current` changes when the operator's file does. */
  readonly responseRules: { readonly current: ResponseRules };
  readonly tts: Tts;
  /** From level 2 on the voice is judged only where speech ends. */
  readonly load: Load;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
