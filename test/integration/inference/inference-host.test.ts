/**
 * Host, batcher and the real Silero together: a window's result does not depend on the company it keeps in a batch.
 */
import path from 'node:path';
import t, { type Test } from 'tap';
import { silentLogger } from '../../../src/core/logger.js';
import { silentMetrics, type Metrics } from '../../../src/core/metrics.js';
import { SystemClock } from '../../../src/core/system-clock.js';
import { InferenceHost } from '../../../src/inference/inference-host.js';
import { ModelManifest } from '../../../src/inference/model-manifest.js';
import { SileroVad, sileroBatchModel, sileroModelName } from '../../../src/stages/vad/silero-vad.js';
import { vadWindowSamples } from '../../../src/stages/vad/vad.js';
import { seededRandom } from '../../support/simulated-phones.js';

const clock = new SystemClock();
const manifest = await ModelManifest.read(path.resolve(import.meta.dirname, '../../../models'));
const limits = { maxBatchSize: 16, maxQueueDelayMs: 0, maxQueueDepth: 64 };
const windowCount = 40;
const callCount = 8;

function startHost(t: Test, metrics: Metrics = silentMetrics): InferenceHost {
  const host = new InferenceHost({
    manifest,
    providers: ['cpu'],
    workerCount: 1,
    intraOpThreads: 1,
    clock,
    logger: silentLogger,
    metrics,
  });
  t.teardown(() => host[Symbol.asyncDispose]());
  return host;
}

/** A buzz whose pitch and loudness wander, with some noise: between silence and speech for the model, so that state matters. */
function wanderingBuzz(seed: number): readonly Float32Array[] {
  const random = seededRandom(seed);
  let phase = 0;
  return Array.from({ length: windowCount }, (_, index) => {
    const loudness = 0.3 * Math.abs(Math.sin(index / (2 + (seed % 5))));
    const step = (2 * Math.PI * (90 + 25 * random() + 10 * seed)) / 16_000;
    return Float32Array.from({ length: vadWindowSamples }, () => {
      phase += step;
      let value = 0.02 * (random() - 0.5);
      for (let harmonic = 1; harmonic <= 12; harmonic += 1) value += (loudness / harmonic) * Math.sin(harmonic * phase);
      return value * 0.5;
    });
  });
}

async function probabilitiesOf(vad: SileroVad, callId: string, windows: readonly Float32Array[]): Promise<number[]> {
  const stream = vad.openStream({ signal: new AbortController().signal, callId });
  const probabilities: number[] = [];
  for (const window of windows) probabilities.push(await stream.accept(window));
  return probabilities;
}

t.test('calls side by side share batches and get what each gets alone', async (t) => {
  let largestBatch = 0;
  const metrics: Metrics = {
    ...silentMetrics,
    observe: (name, value) => {
      if (name === 'inference_batch_rows') largestBatch = Math.max(largestBatch, value);
    },
  };
  const host = startHost(t, metrics);
  const batcher = await host.openBatcher(sileroModelName, sileroBatchModel, { thread: 0, limits });
  t.match(host.opened, [{ modelName: sileroModelName, provider: 'cpu', refusals: [] }]);
  const vad = new SileroVad({ batcher, clock });
  const calls = Array.from({ length: callCount }, (_, seed) => wanderingBuzz(seed));
  const alone: number[][] = [];
  for (const windows of calls) alone.push(await probabilitiesOf(vad, 'alone', windows));
  t.equal(largestBatch, 1);
  const together = await Promise.all(calls.map((windows, index) => probabilitiesOf(vad, `call-${index}`, windows)));
  t.ok(largestBatch > 1, `largest batch ${largestBatch}`);
  const differences = together.flatMap((values, call) =>
    values.map((value, index) => Math.abs(value - (alone[call]?.[index] ?? Infinity))),
  );
  t.ok(Math.max(...differences) < 1e-6, `largest difference ${Math.max(...differences)}`);
  const all = alone.flat();
  t.ok(Math.max(...all) - Math.min(...all) > 0.1, 'the signal moves the probability, so the comparison says something');
});

t.test('a model that is not in the manifest is refused by name', async (t) => {
  const host = startHost(t);
  await t.rejects(host.openEngine('ears', { thread: 0 }), { code: 'MODEL_UNKNOWN', field: 'ears' });
  t.same(host.opened, []);
});

t.test('a disposed host refuses requests', async (t) => {
  const host = startHost(t);
  const batcher = await host.openBatcher(sileroModelName, sileroBatchModel, { thread: 0, limits });
  await host[Symbol.asyncDispose]();
  const vad = new SileroVad({ batcher, clock });
  await t.rejects(probabilitiesOf(vad, 'late', [new Float32Array(vadWindowSamples)]), { code: 'OVERLOADED' });
});
