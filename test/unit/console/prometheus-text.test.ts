/**
 * Percentiles as the Health view has them, from the text that the server's own registry writes.
 */
import t from 'tap';
import { histogramsIn, quantileOf, samplesIn } from '../../../src/console/health/prometheus-text.js';
import { PrometheusMetrics } from '../../../src/server/prometheus-metrics.js';

t.test('reads what the server exposes', async (t) => {
  const metrics = new PrometheusMetrics();
  t.teardown(() => metrics.dispose());
  metrics.set('calls_active', 3);
  for (let ms = 1; ms <= 100; ms += 1) metrics.observe('turn_step_ms', ms, { step: 'voice "x"' });
  metrics.observe('turn_step_ms', 7, { step: 'words' });
  metrics.observe('inference_queue_rows', 0, { model: 'vad' });
  const samples = samplesIn(await metrics.text());
  t.match(
    samples.find(({ name }) => name === 'attune_calls_active'),
    { value: 3, labels: {} },
  );

  const [voice, words, ...more] = histogramsIn(samples, 'attune_turn_step_ms');
  t.same(more, []);
  t.same([voice?.labels, words?.labels], [{ step: 'voice "x"' }, { step: 'words' }]);
  t.match(voice, { count: 100, sum: 5_050 });
  t.equal(quantileOf(voice!, 0.5), 50);
  t.equal(quantileOf(voice!, 0.95), 95);
  const [rows] = histogramsIn(samples, 'attune_inference_queue_rows');
  t.equal(quantileOf(rows!, 0.99, 'count'), 0);
});

t.test('before anything was measured, and beyond the last bound', async (t) => {
  const buckets = [
    { upTo: 10, count: 1 },
    { upTo: Infinity, count: 4 },
  ];
  t.equal(quantileOf({ labels: {}, buckets, count: 0, sum: 0 }, 0.5), null);
  t.equal(quantileOf({ labels: {}, buckets, count: 4, sum: 400 }, 0.9), 10);
});
