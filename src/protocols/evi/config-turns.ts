/**
 * How a configuration wants turns to be taken: when the caller's ends, what stops the assistant, what a silence is met with.
 */
import { semanticTurnDetection, type SilencePolicy, type TurnDetection } from '../../session/settings.js';
import type { ResolvedConfig } from './library-wire.js';

/** The service's defaults for what `turn_detection` leaves out. */
const defaultSilenceMs = 800;
const defaultThreshold = 0.5;
const defaultPaddingMs = 300;

/** Seconds without `interval_secs`: as long as telephones are given. */
const defaultNudgeSeconds = 8;

/**
 * With `turn_detection` a turn ends by silence alone, after the time stated; without it words and melody have their say.
 * `min_interruption_ms` is the speech that stops the assistant whatever its words are.
 */
export function turnDetectionOf({ content }: ResolvedConfig): TurnDetection {
  const { turn_detection: detection, interruption } = content;
  const minMs = interruption?.min_interruption_ms;
  const interrupting = typeof minMs === 'number' ? { certainInterruptionMs: minMs } : {};
  if (!detection) return { ...semanticTurnDetection, ...interrupting };
  return {
    type: 'silence',
    threshold: detection.speech_detection_threshold ?? defaultThreshold,
    prefixPaddingMs: detection.prefix_padding_ms ?? defaultPaddingMs,
    silenceDurationMs: detection.end_of_turn_silence_ms ?? defaultSilenceMs,
    idleTimeoutMs: null,
    createReply: true,
    interruptReply: true,
    ...interrupting,
  };
}

/** Nudges go on until the caller says something or the chat ends by time. Null without them. */
export function nudgesOf({ content: { nudges } }: ResolvedConfig): SilencePolicy | null {
  if (nudges?.enabled !== true) return null;
  return { promptAfterMs: 1000 * Math.max(1, nudges.interval_secs ?? defaultNudgeSeconds), prompts: Infinity };
}
