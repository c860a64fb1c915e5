import t from 'tap';
import { PinoLogger } from '../../../src/server/pino-logger.js';
import { PrometheusMetrics } from '../../../src/server/prometheus-metrics.js';

t.test('metrics: counters add up, gauges are set, histograms take the buckets of their unit', async (t) => {
  const metrics = new PrometheusMetrics();
  t.teardown(() => metrics.dispose());
  metrics.count('turns_total', { outcome: 'answered' });
  metrics.count('turns_total', { outcome: 'answered' }, 2);
  metrics.set('calls_active', 3);
  metrics.set('calls_active', 1);
  metrics.observe('inference_batch_rows', 7, { model: 'vad' });
  metrics.observe('stt_run_ms', 12);
  const text = await metrics.text();
  for (const line of [
    'attune_turns_total{outcome="answered"} 3',
    'attune_calls_active 1',
    'attune_inference_batch_rows_bucket{le="4",model="vad"} 0',
    'attune_inference_batch_rows_bucket{le="8",model="vad"} 1',
    'attune_stt_run_ms_bucket{le="10"} 0',
    'attune_stt_run_ms_bucket{le="20"} 1',
  ]) {
    t.ok(text.includes(`${line}\n`), line);
  }
});

t.test('metrics: a use that does not fit the first is counted, not thrown', async (t) => {
  const metrics = new PrometheusMetrics();
  t.teardown(() => metrics.dispose());
  metrics.count('turns_total', { outcome: 'answered' });
  metrics.count('turns_total', { reason: 'other' });
  metrics.count('turns_total', { outcome: 'answered' }, -1);
  t.match(await metrics.text(), 'attune_metric_misuse_total{metric="turns_total"} 2');
});

function loggerFor(options: { readonly level: 'info' | 'warn'; readonly format: 'json' | 'pretty' }) {
  const lines: string[] = [];
  const logger = new PinoLogger({ ...options, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines };
}

t.test('logs: one JSON object per line, with level, time, message and fields', async (t) => {
  const { logger, lines } = loggerFor({ level: 'info', format: 'json' });
  logger.info('call started', { callId: 'c1', calls: 2 });
  logger.debug('not shown');
  t.equal(lines.length, 1);
  t.match(JSON.parse(lines[0] ?? ''), {
    level: 30,
    time: /^\d{4}-.*Z$/,
    message: 'call started',
    callId: 'c1',
    calls: 2,
  });
});

t.test('logs: a key that slips in is not written', async (t) => {
  const { logger, lines } = loggerFor({ level: 'info', format: 'json' });
  logger.info('connected', { apiKey: 'swordfish', authorization: 'swordfish', token: 'swordfish' });
  t.notMatch(lines[0], 'swordfish');
});

t.test('logs: pretty lines are for people, below the level nothing is written', async (t) => {
  const { logger, lines } = loggerFor({ level: 'warn', format: 'pretty' });
  logger.info('not shown');
  logger.warn('model is slow', { model: 'stt', delayMs: 5 });
  t.equal(lines.length, 1);
  t.match(lines[0], /^\d\d:\d\d:\d\d\.\d{3} warn {2}model is slow model=stt delayMs=5\n$/);
});
