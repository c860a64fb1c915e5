/**
 * Engines on threads, played: the queue in front, the utterances inside, and both adapters on modules of the real shape.
 */
import path from 'node:path';
import t from 'tap';
import { CancelledError } from '../../../../src/core/errors.js';
import { readModelFolder } from '../../../../src/stages/stt/model-folder.js';
import { EngineHost } from '../../../../src/stages/stt/on-thread/engine-host.js';
import type {
  EngineAnswer,
  EngineRequest,
  EngineThreadSettings,
} from '../../../../src/stages/stt/on-thread/engine-messages.js';
import { SherpaEngine } from '../../../../src/stages/stt/on-thread/sherpa-engine.js';
import { sherpaModelOf } from '../../../../src/stages/stt/on-thread/sherpa-folder.js';
import { ThreadQueue } from '../../../../src/stages/stt/on-thread/thread-queue.js';
import { TransformersEngine } from '../../../../src/stages/stt/on-thread/transformers-engine.js';
import { playSherpa, playTransformers, type PlayedCall } from '../../../support/engine-doubles.js';
import { ManualClock } from '../../../support/manual-clock.js';

const signal = new AbortController().signal;
const hints = { language: undefined, hotwords: [] };
const drop = (utteranceId: number): EngineRequest => ({ type: 'drop', utteranceId });
const finish = (utteranceId: number): EngineRequest => ({ type: 'finish', utteranceId });

function queueOnPlayedThread(maxQueueDepth = 3) {
  const calls: { readonly request: EngineRequest; readonly answer: (error?: Error) => void }[] = [];
  const clock = new ManualClock();
  const queue = new ThreadQueue({
    clock,
    maxQueueDepth,
    deadlineMs: 1000,
    thread: {
      call: (request) =>
        new Promise<EngineAnswer>((resolve, reject) => {
          calls.push({ request, answer: (error) => (error ? reject(error) : resolve({ type: 'done' })) });
        }),
      [Symbol.asyncDispose]: async () => undefined,
    },
  });
  return { queue, calls, clock };
}

t.test('one request runs at a time, final texts overtake partial ones', async (t) => {
  const { queue, calls, clock } = queueOnPlayedThread();
  const asked = [finish(1), finish(2), finish(3)].map((request, index) =>
    queue.ask(request, { signal, isUrgent: index === 2 }),
  );
  for (let served = 0; served < 3; served += 1) {
    t.equal(calls.length, served + 1);
    calls[served]?.answer();
    await clock.settle();
  }
  await Promise.all(asked);
  t.same(
    calls.map(({ request }) => request),
    [finish(1), finish(3), finish(2)],
  );
  t.same(clock.pendingDelaysMs, [], 'no timer is left');
});

t.test('a full queue refuses, but never to forget', async (t) => {
  const { queue, calls, clock } = queueOnPlayedThread(1);
  const asked = [finish(1), finish(2)].map((request) => queue.ask(request, { signal, isUrgent: true }));
  await t.rejects(queue.ask(finish(3), { signal, isUrgent: true }), { code: 'OVERLOADED' });
  const forgotten = queue.ask(drop(9), { signal, isUrgent: true });
  for (let served = 0; served < 3; served += 1) {
    calls[served]?.answer();
    await clock.settle();
  }
  await Promise.all([...asked, forgotten]);
});

t.test('cancelling and time-outs take a waiting request out and drop a running one’s answer', async (t) => {
  const { queue, calls, clock } = queueOnPlayedThread();
  const controller = new AbortController();
  const running = queue.ask(finish(1), { signal: controller.signal, isUrgent: true });
  const waiting = queue.ask(finish(2), { signal: controller.signal, isUrgent: true });
  const late = queue.ask(finish(3), { signal, isUrgent: true });
  controller.abort(new CancelledError('barge-in'));
  await t.rejects(running, new CancelledError('barge-in'));
  await t.rejects(waiting, new CancelledError('barge-in'));
  const timedOut = t.rejects(late, { code: 'DEADLINE_EXCEEDED' });
  await clock.advance(1000);
  await timedOut;
  t.equal(queue.depth, 0);
  calls[0]?.answer();
  await clock.settle();
  t.equal(calls.length, 1, 'what was given up is not run');
  await t.rejects(queue.ask(finish(4), { signal: controller.signal, isUrgent: true }), new CancelledError('barge-in'));
  await queue[Symbol.asyncDispose]();
  await t.rejects(queue.ask(finish(5), { signal, isUrgent: true }), { code: 'WORKER_CRASHED' });
});

t.test('streams inside the thread: bounded, forgotten when finished, lost ones refused', async (t) => {
  const host = new EngineHost(
    {
      abilities: { isStreaming: true, languages: null },
      recognise: async () => ({ text: '', words: [] }),
      openStream: () => {
        let fed = 0;
        return { feed: () => ({ text: `${(fed += 1)}`, words: [] }), finish: () => ({ text: 'end', words: [] }) };
      },
    },
    { maxStreams: 1 },
  );
  const feed = (utteranceId: number, isFirst: boolean): EngineRequest => ({
    type: 'feed',
    utteranceId,
    isFirst,
    samples: new Float32Array(1),
    hints,
  });
  t.match(await host.handle(feed(1, true)), { type: 'text', text: '1' });
  t.match(await host.handle(feed(1, false)), { text: '2' });
  await t.rejects(host.handle(feed(2, true)), { code: 'OVERLOADED' });
  await t.rejects(host.handle(feed(2, false)), { code: 'WORKER_CRASHED' }, 'its beginning is gone');
  t.match(await host.handle(finish(1)), { text: 'end' });
  await t.rejects(host.handle(finish(1)), { code: 'WORKER_CRASHED' });
  await host.handle(feed(3, true));
  t.equal(host.size, 1);
  t.same(await host.handle(drop(3)), { type: 'done' });
  t.equal(host.size, 0);
});

async function settingsFor(folder: string, engine: 'transformers' | 'sherpa'): Promise<EngineThreadSettings> {
  const { path: absolute, files, options } = await readModelFolder(folder);
  return { engine, folder: absolute, files, options, threads: 2 };
}

const missingPackage = (): Promise<unknown> =>
  Promise.reject(Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }));

t.test('transformers: what the package is asked for', async (t) => {
  const log: PlayedCall[] = [];
  const folder = t.testdir({
    'config.json': '{"model_type":"whisper"}',
    'generation_config.json': JSON.stringify({
      is_multilingual: true,
      lang_to_id: { '<|en|>': 1, '<|de|>': 2 },
      alignment_heads: [[0, 1]],
    }),
    onnx: { 'encoder_model_quantized.onnx': '', 'encoder_model_fp16.onnx': '' },
    'model.json': '{"engine":"transformers","options":{"wordTimes":true,"generation":{"num_beams":2}}}',
  });
  const module = playTransformers(log);
  const engine = await TransformersEngine.load(await settingsFor(folder, 'transformers'), async () => module);
  t.same(module.env, { allowRemoteModels: false, allowLocalModels: true });
  t.match(log[0], {
    what: `automatic-speech-recognition ${folder}`,
    options: { local_files_only: true, dtype: 'q8', device: 'cpu', session_options: { intraOpNumThreads: 2 } },
  });
  t.same(engine.abilities, { isStreaming: false, languages: ['en', 'de'] });
  const { text, words } = await engine.recognise(new Float32Array(16_000), { language: 'de-AT', hotwords: [] });
  t.same(log[1]?.options, { num_beams: 2, return_timestamps: 'word', language: 'de', task: 'transcribe' });
  t.equal(text.trim(), 'The cat.');
  t.match(words, [
    { text: 'the', startMs: 0, endMs: 400 },
    { text: 'cat', startMs: 500, endMs: 500 },
  ]);
});

t.test('transformers: English-only and Moonshine models are not told a language', async (t) => {
  for (const config of ['{"model_type":"moonshine"}', '{"model_type":"whisper"}']) {
    const log: PlayedCall[] = [];
    const folder = t.testdir({ 'config.json': config, 'generation_config.json': '{"is_multilingual":false}' });
    const engine = await TransformersEngine.load(await settingsFor(folder, 'transformers'), async () =>
      playTransformers(log),
    );
    t.same(engine.abilities.languages, ['en']);
    await engine.recognise(new Float32Array(16_000), { language: 'en', hotwords: [] });
    t.same(log[1]?.options, {});
  }
});

t.test('failures of loading are typed and say what to do', async (t) => {
  const good = t.testdir({ 'config.json': '{"model_type":"whisper"}' });
  const load = async (folder: string, importModule: () => Promise<unknown>): Promise<unknown> =>
    TransformersEngine.load(await settingsFor(folder, 'transformers'), importModule);
  await t.rejects(load(good, missingPackage), {
    code: 'STT_UNAVAILABLE',
    message: '@huggingface/transformers is not installed',
    hint: /npm install --no-save @huggingface\/transformers@4\.3\.1/,
  });
  await t.rejects(
    load(good, () => Promise.reject(new Error('GLIBC too old'))),
    { code: 'STT_UNAVAILABLE', message: /does not load/ },
  );
  await t.rejects(
    load(good, async () => ({ env: {}, pipeline: () => Promise.reject(new Error('no tokenizer')) })),
    { code: 'MODEL_CORRUPT', field: good },
  );
  await t.rejects(
    load(t.testdir({ 'a.txt': '' }), async () => playTransformers()),
    { code: 'MODEL_MISSING' },
  );
  const odd = t.testdir({ 'config.json': '{}', 'model.json': '{"engine":"transformers","options":{"dtyp":"q8"}}' });
  await t.rejects(
    load(odd, async () => playTransformers()),
    { code: 'OPTION_INVALID', message: /dtyp/ },
  );
});

t.test('sherpa: packages that are absent', async (t) => {
  const folder = t.testdir({ 'sense-voice': { 'model.int8.onnx': '', 'tokens.txt': '' } });
  await t.rejects(SherpaEngine.load(await settingsFor(path.join(folder, 'sense-voice'), 'sherpa'), missingPackage), {
    code: 'STT_UNAVAILABLE',
    hint: /npm install --no-save sherpa-onnx-node@1\.13\.8/,
  });
});

t.test('sherpa: words and confidences from tokens, hot words for beam search', async (t) => {
  const log: PlayedCall[] = [];
  const folder = t.testdir({
    'encoder.onnx': '',
    'decoder.onnx': '',
    'joiner.onnx': '',
    'tokens.txt': '',
    'bpe.vocab': '',
    'model.json': JSON.stringify({
      engine: 'sherpa',
      options: { kind: 'nemo-transducer', decodingMethod: 'modified_beam_search' },
    }),
  });
  const engine = await SherpaEngine.load(await settingsFor(folder, 'sherpa'), async () => ({
    default: playSherpa(log),
  }));
  const { text, words } = await engine.recognise(new Float32Array(16_000), {
    language: 'en',
    hotwords: ['Phoebe', 'Don'],
  });
  t.match(log[0], {
    what: 'offline',
    options: {
      decodingMethod: 'modified_beam_search',
      modelConfig: {
        modelType: 'nemo_transducer',
        modelingUnit: 'bpe',
        bpeVocab: path.join(folder, 'bpe.vocab'),
        numThreads: 2,
        transducer: { joiner: path.join(folder, 'joiner.onnx') },
      },
    },
  });
  t.match(log[1], { what: 'stream', options: 'Phoebe/Don' });
  t.equal(text, 'THE CAT');
  t.match(words, [
    { text: 'THE', startMs: 0, endMs: 450 },
    { text: 'CAT', startMs: 500, endMs: 950 },
  ]);
  t.ok(Math.abs((words[0]?.confidence ?? 0) - Math.exp(-0.1)) < 1e-9);
});

const layouts: readonly {
  readonly folder: string;
  readonly files: readonly string[];
  readonly kind: string;
  readonly key: string;
}[] = [
  {
    folder: 'sherpa-onnx-streaming-zipformer-en-2023-06-26',
    files: [
      'encoder-epoch-99-avg-1-chunk-16-left-128.onnx',
      'decoder-epoch-99-avg-1-chunk-16-left-128.onnx',
      'joiner-epoch-99-avg-1-chunk-16-left-128.onnx',
    ],
    kind: 'streaming-transducer',
    key: 'transducer',
  },
  {
    folder: 'sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8',
    files: ['encoder.int8.onnx', 'decoder.int8.onnx', 'joiner.int8.onnx'],
    kind: 'nemo-transducer',
    key: 'transducer',
  },
  {
    folder: 'sherpa-onnx-zipformer-small-en',
    files: ['encoder.onnx', 'decoder.onnx', 'joiner.onnx'],
    kind: 'transducer',
    key: 'transducer',
  },
  {
    folder: 'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17',
    files: ['model.int8.onnx'],
    kind: 'sense-voice',
    key: 'senseVoice',
  },
  {
    folder: 'sherpa-onnx-whisper-tiny.en',
    files: ['tiny.en-encoder.int8.onnx', 'tiny.en-decoder.int8.onnx'],
    kind: 'whisper',
    key: 'whisper',
  },
  {
    folder: 'sherpa-onnx-moonshine-tiny-en-int8',
    files: ['preprocess.onnx', 'encode.int8.onnx', 'uncached_decode.int8.onnx', 'cached_decode.int8.onnx'],
    kind: 'moonshine',
    key: 'moonshine',
  },
  {
    folder: 'sherpa-onnx-moonshine-tiny-en-quantized-2026-02-27',
    files: ['encoder_model.ort', 'decoder_model_merged.ort'],
    kind: 'moonshine',
    key: 'moonshine',
  },
  { folder: 'sherpa-onnx-nemo-ctc-en-conformer-small', files: ['model.onnx'], kind: 'nemo-ctc', key: 'nemoCtc' },
  { folder: 'sherpa-onnx-paraformer-zh', files: ['model.onnx'], kind: 'paraformer', key: 'paraformer' },
];

for (const { folder, files, kind, key } of layouts) {
  t.test(`sherpa: ${folder} is told by its names`, async (t) => {
    const model = sherpaModelOf({
      engine: 'sherpa',
      folder: `/m/${folder}`,
      files: [...files, 'tokens.txt'],
      options: {},
      threads: 1,
    });
    t.equal(model.kind, kind);
    t.equal(model.isStreaming, kind.startsWith('streaming'));
    const config = model.config['modelConfig'] as Record<string, Record<string, string>>;
    const paths = Object.values(config[key] ?? {}).filter((value) => typeof value === 'string');
    t.same([...paths].sort(), files.map((file) => `/m/${folder}/${file}`).sort(), 'every file has one role');
    t.equal(config['tokens'], `/m/${folder}/tokens.txt`);
  });
}

t.test('sherpa: folders that say too little are refused before the package sees them', async (t) => {
  const settings = { engine: 'sherpa', folder: '/m/x', options: {}, threads: 1 } as const;
  t.throws(() => sherpaModelOf({ ...settings, files: ['model.onnx', 'tokens.txt'] }), {
    code: 'OPTION_INVALID',
    hint: /sense-voice/,
  });
  t.throws(() => sherpaModelOf({ ...settings, files: ['encoder.onnx', 'joiner.onnx', 'tokens.txt'] }), {
    code: 'MODEL_MISSING',
    message: /decoder/,
  });
  t.throws(() => sherpaModelOf({ ...settings, files: ['model.onnx'], options: { kind: 'nemo-ctc' } }), {
    code: 'MODEL_MISSING',
    message: /tokens/,
  });
  t.throws(
    () =>
      sherpaModelOf({
        ...settings,
        files: ['model.onnx', 'tokens.txt'],
        options: { kind: 'nemo-ctc', files: { model: 'm.onnx' } },
      }),
    { code: 'MODEL_MISSING', message: /m\.onnx/ },
  );
});

t.test('folders: model.json, names, and what cannot be used', async (t) => {
  const read = async (files: Parameters<typeof t.testdir>[0]) => readModelFolder(t.testdir(files));
  t.match(await read({ 'model.json': '{"name":"tiny","engine":"ctc","options":{"blank":"_"},"source":"x"}' }), {
    name: 'tiny',
    engine: 'ctc',
    options: { blank: '_' },
    files: ['model.json'],
  });
  t.equal((await read({ 'config.json': '', onnx: { 'encoder_model.onnx': '' } })).engine, 'transformers');
  t.equal((await read({ 'model.onnx': '', 'vocab.json': '' })).engine, 'ctc');
  t.equal((await read({ onnx: { 'model_quantized.onnx': '' }, 'vocab.json': '' })).engine, 'ctc');
  t.equal((await read({ 'encoder.onnx': '', 'decoder.onnx': '', 'tiny-tokens.txt': '' })).engine, 'sherpa');
  t.equal((await read({ 'notes.txt': '' })).engine, undefined);
  await t.rejects(read({ 'model.json': '{"engine":"kaldi"}' }), { code: 'MODEL_CORRUPT', hint: /sherpa/ });
  await t.rejects(readModelFolder('/no/such/folder'), { code: 'MODEL_MISSING', field: 'sttModelPath' });
});
