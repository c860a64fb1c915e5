/**
 * The shipped acoustic models, float and int8: rows of a batch are independent, streaming carries its state, and the
 * small file hears nearly what the large one hears.
 */
import path from 'node:path';
import t, { type Test } from 'tap';
import { resampleAll } from '../../src/audio/resampler.js';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import type { Engine } from '../../src/inference/engine.js';
import { InferenceHost } from '../../src/inference/inference-host.js';
import { ModelManifest } from '../../src/inference/model-manifest.js';
import {
  CtcAcousticModel,
  initialAcousticState,
  type AcousticRequest,
  type AcousticResult,
} from '../../src/stages/stt/ctc-acoustic-model.js';
import { MelChunks } from '../../src/stages/stt/mel-chunks.js';
import { acousticShape } from '../../src/stages/stt/open-stt.js';
import { loadFixture } from '../support/fixture-audio.js';

const manifest = await ModelManifest.read(path.resolve(import.meta.dirname, '../../models'));
const shape = acousticShape(manifest.find('stt-en'));
const model = new CtcAcousticModel(shape);
const chunkFrames = 16;

async function openModel(t: Test, modelName: string): Promise<Engine> {
  const host = new InferenceHost({
    manifest,
    providers: ['cpu'],
    workerCount: 1,
    intraOpThreads: 1,
    clock: new SystemClock(),
    logger: silentLogger,
    metrics: silentMetrics,
  });
  t.teardown(() => host[Symbol.asyncDispose]());
  return host.openEngine(modelName, { thread: 0 });
}

async function chunksOf(name: string): Promise<readonly Float32Array[]> {
  const clip = await loadFixture(name);
  const chunks = new MelChunks(chunkFrames);
  chunks.accept(resampleAll(clip.samples, { sourceRateHz: clip.sampleRateHz, targetRateHz: 16_000 }));
  const taken: Float32Array[] = [];
  for (let chunk = chunks.take(); chunk; chunk = chunks.take()) taken.push(chunk);
  return taken;
}

async function run(engine: Engine, requests: readonly AcousticRequest[]): Promise<readonly AcousticResult[]> {
  return model.split(await engine.run(model.collate(requests)), requests.length);
}

/** Log posteriors of several recordings, chunk by chunk, all in one batch per chunk. */
async function stream(engine: Engine, recordings: readonly (readonly Float32Array[])[]): Promise<Float32Array[][]> {
  let states = recordings.map(() => initialAcousticState(shape));
  const heard: Float32Array[][] = recordings.map(() => []);
  const steps = Math.min(...recordings.map((chunks) => chunks.length));
  for (let step = 0; step < steps; step++) {
    const requests = recordings.map((chunks, row) => ({
      features: chunks[step] as Float32Array,
      chunkFrames,
      state: states[row] ?? initialAcousticState(shape),
    }));
    const results = await run(engine, requests);
    states = results.map(({ state }) => state);
    results.forEach(({ logProbs }, row) => heard[row]?.push(logProbs));
  }
  return heard;
}

/** The likeliest token of every frame. */
function bestTokens(chunks: readonly Float32Array[]): readonly number[] {
  return chunks.flatMap((logProbs) =>
    Array.from({ length: logProbs.length / shape.vocabularySize }, (_, frame) => {
      const row = logProbs.subarray(frame * shape.vocabularySize, (frame + 1) * shape.vocabularySize);
      return row.indexOf(Math.max(...row));
    }),
  );
}

const recordings = await Promise.all(['opening-hours', 'late-delivery-angry', 'return-shoes'].map(chunksOf));

for (const modelName of ['stt-en', 'stt-en-int8']) {
  t.test(`${modelName}: a caller gets the same alone and beside others`, async (t) => {
    const engine = await openModel(t, modelName);
    const together = await stream(engine, recordings);
    for (const [row, chunks] of recordings.entries()) {
      const [alone = []] = await stream(engine, [chunks]);
      const differences = (together[row] ?? []).flatMap((logProbs, step) =>
        Array.from(logProbs, (value, index) => Math.abs(Math.exp(value) - Math.exp(alone[step]?.[index] ?? Infinity))),
      );
      t.ok(differences.length > 0 && Math.max(...differences) < 1e-4, `recording ${row}: ${Math.max(...differences)}`);
    }
  });
}

t.test('the state matters, and int8 hears what float hears in at least 95 of 100 frames', async (t) => {
  const float = bestTokens((await stream(await openModel(t, 'stt-en'), recordings)).flat());
  const int8 = bestTokens((await stream(await openModel(t, 'stt-en-int8'), recordings)).flat());
  const agreeing = float.filter((token, frame) => token === int8[frame]).length;
  t.ok(agreeing / float.length >= 0.95, `${agreeing} of ${float.length} frames`);
  const engine = await openModel(t, 'stt-en');
  const [chunks = []] = recordings;
  const fresh: Float32Array[] = [];
  for (const features of chunks) {
    const [result] = await run(engine, [{ features, chunkFrames, state: initialAcousticState(shape) }]);
    if (result) fresh.push(result.logProbs);
  }
  const [carried = []] = await stream(engine, [chunks]);
  t.not(bestTokens(fresh).join(), bestTokens(carried).join(), 'without its state a stream hears something else');
});
