import t from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { silentLogger } from '../../../src/core/logger.js';
import type { MetricLabels, Metrics } from '../../../src/core/metrics.js';
import { SessionTelemetry } from '../../../src/server/session-telemetry.js';

class RecordedMetrics implements Metrics {
  readonly entries: string[] = [];

  count(name: string, labels: MetricLabels = {}): void {
    this.entries.push(`count ${name} ${Object.values(labels).join(' ')}`.trim());
  }

  observe(name: string, value: number, labels: MetricLabels = {}): void {
    this.entries.push(`observe ${name} ${value} ${Object.values(labels).join(' ')}`.trim());
  }

  set(name: string, value: number): void {
    this.entries.push(`set ${name} ${value}`);
  }
}

function telemetry() {
  const metrics = new RecordedMetrics();
  return {
    metrics,
    telemetry: new SessionTelemetry({ sessionId: 's', protocol: 'p', metrics, logger: silentLogger }),
  };
}

t.test('a timed turn becomes its steps and the wait of the caller', async (t) => {
  const { metrics, telemetry: watch } = telemetry();
  const timing = {
    speechEndMs: 1_000,
    endpointMs: 1_200,
    transcriptMs: 1_240,
    voiceEmotionMs: 1_250,
    replyRequestedMs: 1_260,
    firstTokenMs: 1_300,
    firstClauseMs: 1_310,
    firstAudioMs: 1_400,
  };
  watch.note({ type: 'turn.timed', itemId: 'i', replyId: 'r', timing });
  t.same(metrics.entries, [
    'observe turn_step_ms 200 endpointing',
    'observe turn_step_ms 40 transcript',
    'observe turn_step_ms 50 voice-emotion',
    'observe turn_step_ms 40 responder',
    'observe turn_step_ms 90 voice',
    'observe turn_first_audio_ms 400',
  ]);
});

t.test('a turn without an answer has no wait', async (t) => {
  const { metrics, telemetry: watch } = telemetry();
  watch.note({ type: 'turn.timed', itemId: 'i', replyId: 'r', timing: { speechEndMs: 0, endpointMs: 300 } });
  t.same(metrics.entries, ['observe turn_step_ms 300 endpointing']);
});

t.test('failures are counted by component and code, ends by outcome', async (t) => {
  const { metrics, telemetry: watch } = telemetry();
  const error = new AttuneError('RESPONDER_TIMEOUT', 'no token');
  watch.note({ type: 'degraded', component: 'responder', error, itemId: null });
  watch.note({ type: 'request.failed', error: new AttuneError('invalid_value', 'x'), clientEventId: null });
  watch.note({ type: 'session.ended', error: null });
  watch.note({ type: 'input.cleared' });
  t.same(metrics.entries, [
    'count degraded_total responder RESPONDER_TIMEOUT',
    'count requests_failed_total invalid_value',
    'count sessions_ended_total p done',
  ]);
});

t.test('every session ends once, whether or not its client heard of it', async (t) => {
  for (const [error, outcome] of [
    [undefined, 'client-left'],
    [null, 'done'],
    [new AttuneError('session_expired', 'x'), 'session_expired'],
  ] as const) {
    const { metrics, telemetry: watch } = telemetry();
    if (error !== undefined) watch.note({ type: 'session.ended', error });
    watch.close();
    t.same(metrics.entries, [`count sessions_ended_total p ${outcome}`]);
  }
});
