/**
 * Counts what happens in calls, from the same events that the client gets. It only watches: counts, durations and names
 * of components and codes, nothing that was said.
 */
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { SessionEvent, TurnTiming } from '../session/events.js';

export interface SessionTelemetryOptions {
  readonly sessionId: string;
  readonly protocol: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Steps of a turn by metric label: from which instant to which. */
const steps: readonly (readonly [step: string, from: keyof TurnTiming, to: keyof TurnTiming])[] = [
  ['endpointing', 'speechEndMs', 'endpointMs'],
  ['transcript', 'endpointMs', 'transcriptMs'],
  ['voice-emotion', 'endpointMs', 'voiceEmotionMs'],
  ['text-sentiment', 'transcriptMs', 'textSentimentMs'],
  ['responder', 'replyRequestedMs', 'firstTokenMs'],
  ['voice', 'firstClauseMs', 'firstAudioMs'],
];

export class SessionTelemetry {
  readonly #options: SessionTelemetryOptions;
  #ended = false;

  constructor(options: SessionTelemetryOptions) {
    this.#options = options;
  }

  note(event: SessionEvent): void {
    const { metrics, logger, sessionId, protocol } = this.#options;
    switch (event.type) {
      case 'session.ready':
        metrics.count('sessions_started_total', { protocol });
        logger.info('session started', { sessionId, protocol });
        return;
      case 'session.ended':
        this.#end(event.error?.code ?? 'done');
        return;
      case 'reply.ended':
        metrics.count('replies_total', { reason: event.reason });
        return;
      case 'turn.timed':
        this.#observe(event.timing);
        return;
      case 'degraded':
        metrics.count('degraded_total', { component: event.component, code: event.error.code });
        logger.warn('a component failed', { sessionId, component: event.component, code: event.error.code });
        return;
      case 'call.held':
        metrics.count('calls_held_total');
        return;
      case 'tone.detected':
        metrics.count('line_tones_total', { tone: event.tone });
        return;
      case 'request.failed':
        metrics.count('requests_failed_total', { code: event.error.code });
        return;
      default:
    }
  }

  /** Nothing more comes: a client that left before it could be told of the end is counted as that. */
  close(): void {
    this.#end('client-left');
  }

  #end(outcome: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const { metrics, logger, sessionId, protocol } = this.#options;
    metrics.count('sessions_ended_total', { protocol, outcome });
    logger.info('session ended', { sessionId, outcome });
  }

  #observe(timing: TurnTiming): void {
    const { metrics } = this.#options;
    for (const [step, from, to] of steps) {
      const [startMs, endMs] = [timing[from], timing[to]];
      if (startMs !== undefined && endMs !== undefined) metrics.observe('turn_step_ms', endMs - startMs, { step });
    }
    if (timing.firstAudioMs !== undefined) {
      metrics.observe('turn_first_audio_ms', timing.firstAudioMs - timing.speechEndMs);
    }
  }
}
