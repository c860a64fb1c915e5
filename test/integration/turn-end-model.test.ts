/**
 * The shipped end-of-turn network behind its batcher: interface, batched equals single, padding, and what it hears.
 */
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { InferenceHost } from '../../src/inference/inference-host.js';
import { ModelManifest } from '../../src/inference/model-manifest.js';
import { OnnxTurnEnd } from '../../src/stages/turn-end/onnx-turn-end.js';
import { turnEndModel, turnEndModelName } from '../../src/stages/turn-end/turn-end-model.js';
import { syntheticVowel } from '../unit/dsp/synthetic-voice.js';

const clock = new SystemClock();
const manifest = await ModelManifest.read(fileURLToPath(new URL('../../models', import.meta.url)));
const host = new InferenceHost({
  manifest,
  providers: ['cpu'],
  workerCount: 1,
  intraOpThreads: 1,
  clock,
  logger: silentLogger,
  metrics: silentMetrics,
});
const limits = { maxBatchSize: 8, maxQueueDelayMs: 0, maxQueueDepth: 64 };
const batcher = await host.openBatcher(turnEndModelName, turnEndModel, { thread: 0, limits });
const stage = new OnnxTurnEnd(batcher);
t.teardown(async () => {
  await stage[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const options = { signal, callId: 'call', deadlineMs: Infinity };
const voices = [
  syntheticVowel({ durationS: 3, startF0Hz: 180, endF0Hz: 90, endLevelDb: -25 }),
  syntheticVowel({ durationS: 3, startF0Hz: 150, endF0Hz: 160 }),
  syntheticVowel({ durationS: 1.2, startF0Hz: 120 }),
];

t.test('batched equals single, and rows are probabilities', async (t) => {
  const together = await Promise.all(voices.map((samples) => stage.estimate(samples, options)));
  for (const [index, samples] of voices.entries()) {
    const alone = await stage.estimate(samples, options);
    t.ok(alone !== null && alone >= 0 && alone <= 1);
    t.ok(Math.abs(alone! - together[index]!) < 1e-5, `row ${index}`);
  }
  t.ok(new Set(together).size === voices.length, 'the voice matters');
});

t.test('gain hardly matters, and what was said long ago not at all', async (t) => {
  const [voice] = voices;
  const asItIs = await stage.estimate(voice!, options);
  const quiet = await stage.estimate(
    voice!.map((sample) => 0.5 * sample),
    options,
  );
  t.ok(Math.abs(asItIs! - quiet!) < 0.1, `${asItIs} ${quiet}`);
  const longer = new Float32Array(voice!.length + 48_000).fill(0.1);
  longer.set(voice!, 48_000);
  t.equal(await stage.estimate(longer, options), asItIs);
});

t.test('too little speech is no basis; a cancelled question rejects with its reason', async (t) => {
  t.equal(await stage.estimate(voices[2]!.slice(0, 14_000), options), null);
  const abort = new AbortController();
  const cancelled = stage.estimate(voices[0]!, { ...options, signal: abort.signal });
  abort.abort(new Error('barge-in'));
  await t.rejects(cancelled, { message: 'barge-in' });
});
