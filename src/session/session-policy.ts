/**
 * From what a client chose to how the listener works. Pure.
 */
import type { ListenerSettings } from '../pipeline/listener.js';
import { defaultTurnPolicy, type EndpointingPolicy, type TurnPolicy } from '../pipeline/turn-policy.js';
import type { SessionLimits } from './session-limits.js';
import type { Eagerness, SessionSettings, TurnDetection } from './settings.js';

/** Distance between the thresholds for speech and for silence. */
const hysteresis = 0.15;

/**
 * Waits by eagerness, milliseconds. At commas the recorded callers pause for up to 250 ms; the shortest medium wait lies
 * above that. The longest waits stay below the 8, 4 and 2 s that the OpenAI API allows for low,
 * medium and high.
 */
const waitsByEagerness: Readonly<Record<Eagerness, Omit<Extract<EndpointingPolicy, { type: 'adaptive' }>, 'type'>>> = {
  low: { shortestWaitMs: 400, usualWaitMs: 900, longestWaitMs: 4_000 },
  medium: { shortestWaitMs: 288, usualWaitMs: 480, longestWaitMs: 1_600 },
  high: { shortestWaitMs: 192, usualWaitMs: 352, longestWaitMs: 1_000 },
};

export function listenerSettingsOf(settings: SessionSettings, limits: SessionLimits): ListenerSettings {
  return {
    policy: settings.turnDetection === null ? null : turnPolicyOf(settings.turnDetection, limits),
    language: settings.transcription?.language ?? settings.locale,
    hotwords: settings.transcription?.hotwords ?? [],
    emotionEnabled: settings.emotionEnabled,
  };
}

export function turnPolicyOf(turns: TurnDetection, limits: SessionLimits): TurnPolicy {
  const common = {
    ...defaultTurnPolicy,
    confirmInterruptionMs: turns.certainInterruptionMs ?? defaultTurnPolicy.confirmInterruptionMs,
    interruptReply: turns.interruptReply,
    maxUtteranceMs: limits.maxUtteranceMs,
  };
  if (turns.type === 'semantic')
    return { ...common, endpointing: { type: 'adaptive', ...waitsByEagerness[turns.eagerness] } };
  return {
    ...common,
    speechThreshold: turns.threshold,
    silenceThreshold: Math.max(0.01, turns.threshold - hysteresis),
    prefixPaddingMs: turns.prefixPaddingMs,
    endpointing: { type: 'fixed', silenceDurationMs: turns.silenceDurationMs },
  };
}
