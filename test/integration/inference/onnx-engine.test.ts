/**
 * The engine on the real Silero file: loading, refusing what does not fit, and life after the thread's death.
 */
import path from 'node:path';
import t from 'tap';
import { ModelManifest } from '../../../src/inference/model-manifest.js';
import { OnnxEngine, type OnnxEngineOptions, type OnnxThread } from '../../../src/inference/onnx-engine.js';
import type { ModelSignatures } from '../../../src/inference/onnx-messages.js';
import { WorkerThread } from '../../../src/inference/worker-thread.js';
import { sileroBatchModel, sileroModelName } from '../../../src/stages/vad/silero-vad.js';

const models = path.resolve(import.meta.dirname, '../../../models');
const manifest = await ModelManifest.read(models);
const entry = manifest.find(sileroModelName);

const unchecked: OnnxEngineOptions = {
  modelName: sileroModelName,
  path: await manifest.verifiedPath(sileroModelName),
  providers: ['cpu'],
  intraOpThreads: 1,
};
const expected = { inputs: entry.inputs ?? [], outputs: entry.outputs ?? [] };
const silero: OnnxEngineOptions = { ...unchecked, expected };

const thread: OnnxThread = new WorkerThread({ url: new URL('./mortal-onnx-worker.js', import.meta.url), name: 'onnx' });
t.teardown(() => thread[Symbol.asyncDispose]());

const silence = (rows: number): Parameters<OnnxEngine['run']>[0] =>
  sileroBatchModel.collate(
    Array.from({ length: rows }, () => ({ input: new Float32Array(576), state: new Float32Array(256) })),
  );

t.test('runs a batch and hands the inputs over', async (t) => {
  const engine = await OnnxEngine.open(thread, silero);
  t.equal(engine.provider, 'cpu');
  t.same(engine.refusals, []);
  const inputs = silence(3);
  const outputs = await engine.run(inputs);
  t.same(outputs['output']?.shape, [3, 1]);
  t.same(outputs['stateN']?.shape, [2, 3, 128]);
  t.ok((outputs['output']?.data[0] ?? 1) < 0.2, 'silence is not speech');
  t.equal(inputs['input']?.data.length, 0, 'the buffer was transferred');
});

t.test('a provider that is not there is passed over, with its reason', async (t) => {
  const engine = await OnnxEngine.open(thread, { ...silero, providers: ['no-such-provider', 'cpu'] });
  t.equal(engine.provider, 'cpu');
  t.match(engine.refusals, [{ provider: 'no-such-provider', reason: /\S/ }]);
  await t.rejects(OnnxEngine.open(thread, { ...silero, providers: ['no-such-provider'] }), {
    code: 'PROVIDER_UNAVAILABLE',
    message: /no-such-provider/,
  });
});

t.test('a file that is no model is corrupt', async (t) => {
  const file = path.join(t.testdir({ 'torn.onnx': 'not a model' }), 'torn.onnx');
  await t.rejects(OnnxEngine.open(thread, { ...silero, path: file }), { code: 'MODEL_CORRUPT', field: file });
});

const [input, ...otherInputs] = expected.inputs;
const [output, ...otherOutputs] = expected.outputs;
if (!input || !output) throw new Error('the manifest does not describe the inputs and outputs of silero-vad');
const misfits: readonly { what: string; changes: Partial<ModelSignatures>; field: string }[] = [
  {
    what: 'an input of another type',
    changes: { inputs: [{ ...input, dtype: 'int64' }, ...otherInputs] },
    field: 'input',
  },
  {
    what: 'an input of another rank',
    changes: { inputs: [{ ...input, shape: ['b'] }, ...otherInputs] },
    field: 'input',
  },
  { what: 'an input nobody gives', changes: { inputs: otherInputs }, field: 'input' },
  { what: 'an input it lacks', changes: { inputs: [...expected.inputs, { ...input, name: 'pitch' }] }, field: 'pitch' },
  {
    what: 'an output of another width',
    changes: { outputs: [{ ...output, shape: ['b', 2] }, ...otherOutputs] },
    field: 'output',
  },
];
for (const { what, changes, field } of misfits) {
  t.test(`a model with ${what} does not fit its wrapper`, async (t) => {
    await t.rejects(OnnxEngine.open(thread, { ...silero, expected: { ...expected, ...changes } }), {
      code: 'MODEL_INTERFACE_MISMATCH',
      field,
    });
  });
}

t.test('without expectations any sound file is opened, and says what goes in and out', async (t) => {
  const { signatures } = await OnnxEngine.open(thread, unchecked);
  t.same(signatures.inputs.map(({ name }) => name).sort(), ['input', 'sr', 'state']);
  t.match(signatures.outputs, [{ name: 'output', dtype: 'float32' }, { name: 'stateN' }]);
});

t.test('inputs that the model refuses fail the run, not the thread', async (t) => {
  const engine = await OnnxEngine.open(thread, silero);
  const { input: samples, sr } = silence(1);
  t.ok(samples && sr);
  if (!samples || !sr) return;
  await t.rejects(engine.run({ input: samples, sr }), { code: 'INFERENCE_FAILED' });
  t.same((await engine.run(silence(1)))['output']?.shape, [1, 1]);
});

t.test('after the thread has died, the first run loads the model again', async (t) => {
  const engine = await OnnxEngine.open(thread, silero);
  const crashCount = thread.crashCount;
  const death = t.rejects(thread.call({ type: 'run', modelName: 'death', inputs: {} }), { code: 'WORKER_CRASHED' });
  await t.rejects(engine.run(silence(1)), { code: 'WORKER_CRASHED' }, 'a run that the thread held is lost');
  await death;
  t.equal(thread.crashCount, crashCount + 1);
  const [first, second] = await Promise.all([engine.run(silence(1)), engine.run(silence(2))]);
  t.same(
    [first['output']?.shape, second['output']?.shape],
    [
      [1, 1],
      [2, 1],
    ],
  );
});
