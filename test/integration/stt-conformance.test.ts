/**
 * One suite over every recogniser: the embedded one and the CTC networks run for real, packages are played on their real
 * adapters, the server is a real one on this machine.
 */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { plainWriter } from '../support/plain-writer.js';
import t, { type Test } from 'tap';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { InferenceHost } from '../../src/inference/inference-host.js';
import { ModelManifest } from '../../src/inference/model-manifest.js';
import { openCtcExport } from '../../src/stages/stt/ctc-export/open-ctc-export.js';
import { readModelFolder } from '../../src/stages/stt/model-folder.js';
import { openThreadStt } from '../../src/stages/stt/on-thread/open-thread-stt.js';
import { SherpaEngine } from '../../src/stages/stt/on-thread/sherpa-engine.js';
import { TransformersEngine } from '../../src/stages/stt/on-thread/transformers-engine.js';
import { openStt } from '../../src/stages/stt/open-stt.js';
import { remoteStt } from '../../src/stages/stt/remote/remote-stt.js';
import { levelsOf, tokensTxt, tonesOf, vocabJson } from '../support/ctc-signals.js';
import { playSherpa, playThread, playTransformers } from '../support/engine-doubles.js';
import { readAudioFile } from '../../src/audio/audio-file.js';
import { sttConformance } from '../support/stt-conformance.js';
import { transcriptionServer } from '../support/transcription-server.js';

// The embedded recogniser's data takes seconds to load on a busy machine.
t.setTimeout(180_000);

const clock = new SystemClock();
const limits = { maxBatchSize: 8, maxQueueDelayMs: 0, maxQueueDepth: 64 };
const manifest = await ModelManifest.read(path.resolve(import.meta.dirname, '../../models'));
const host = new InferenceHost({
  manifest,
  providers: ['cpu'],
  workerCount: 1,
  intraOpThreads: 1,
  clock,
  logger: silentLogger,
  metrics: silentMetrics,
});
t.teardown(() => host[Symbol.asyncDispose]());

const common = { clock, deadlineMs: 20_000, partialEveryMs: 320 };

async function networkFolder(t: Test, network: 'waveform' | 'mel', files: Record<string, string>): Promise<string> {
  const folder = t.testdir(files);
  await copyFile(
    path.resolve(import.meta.dirname, `../support/ctc-exports/${network}.onnx`),
    path.join(folder, 'model.onnx'),
  );
  return folder;
}

t.test('embedded', async (t) => {
  const { samples } = await readAudioFile('audio-fixtures/opening-hours.wav');
  await sttConformance(t, {
    open: ({ maxUtteranceMs }) => openStt({ host, manifest, thread: 0, limits, clock, maxUtteranceMs }),
    speech: samples,
    hears: ['you', 'open'],
    foreignLanguage: 'de-DE',
  });
});

t.test('ctc, waveform', async (t) => {
  const folder = await networkFolder(t, 'waveform', {
    'vocab.json': vocabJson(),
    'model.json': JSON.stringify({ engine: 'ctc', options: { normalise: false, languages: ['en'] } }),
  });
  await sttConformance(t, {
    open: async ({ maxUtteranceMs }) =>
      openCtcExport({
        ...common,
        writer: plainWriter(),
        host,
        folder: await readModelFolder(folder),
        thread: 0,
        limits,
        maxUtteranceMs,
      }),
    speech: levelsOf('HI YOU'),
    hears: ['hi', 'you'],
    foreignLanguage: 'fr',
  });
});

t.test('ctc, mel', async (t) => {
  const folder = await networkFolder(t, 'mel', {
    'tokens.txt': tokensTxt(),
    'model.json': JSON.stringify({ engine: 'ctc', options: { melNormalisation: 'none', languages: ['en'] } }),
  });
  await sttConformance(t, {
    open: async ({ maxUtteranceMs }) =>
      openCtcExport({
        ...common,
        writer: plainWriter(),
        host,
        folder: await readModelFolder(folder),
        thread: 0,
        limits,
        maxUtteranceMs,
      }),
    speech: tonesOf(['▁no', 'pe', '▁yes']),
    hears: ['nope', 'yes'],
    foreignLanguage: 'fr',
  });
});

const whisperFiles = {
  'config.json': JSON.stringify({ model_type: 'whisper' }),
  'generation_config.json': JSON.stringify({ is_multilingual: false, alignment_heads: [[1, 0]] }),
  onnx: { 'encoder_model_quantized.onnx': '', 'decoder_model_merged_quantized.onnx': '' },
};

for (const wordTimes of [true, false]) {
  t.test(`transformers, ${wordTimes ? 'with' : 'without'} word times`, async (t) => {
    const folder = t.testdir({
      ...whisperFiles,
      'model.json': JSON.stringify({ engine: 'transformers', options: { wordTimes } }),
    });
    await sttConformance(t, {
      open: async ({ maxUtteranceMs }) =>
        openThreadStt({
          writer: plainWriter(),
          ...common,
          engine: 'transformers',
          folder: await readModelFolder(folder),
          maxUtteranceMs,
          maxQueueDepth: 64,
          threads: 1,
          startThread: playThread((settings) => TransformersEngine.load(settings, async () => playTransformers())),
        }),
      speech: new Float32Array(32_000).fill(0.1),
      hears: ['the', 'cat', 'sat', 'down'],
      foreignLanguage: 'de',
    });
  });
}

for (const kind of ['streaming-transducer', 'nemo-transducer']) {
  t.test(`sherpa, ${kind}`, async (t) => {
    const folder = t.testdir({
      'encoder.int8.onnx': '',
      'decoder.onnx': '',
      'joiner.onnx': '',
      'tokens.txt': '',
      'model.json': JSON.stringify({ engine: 'sherpa', options: { kind, languages: ['en'] } }),
    });
    await sttConformance(t, {
      open: async ({ maxUtteranceMs }) =>
        openThreadStt({
          writer: plainWriter(),
          ...common,
          engine: 'sherpa',
          folder: await readModelFolder(folder),
          maxUtteranceMs,
          maxQueueDepth: 64,
          threads: 1,
          startThread: playThread((settings) => SherpaEngine.load(settings, async () => ({ default: playSherpa() }))),
        }),
      speech: new Float32Array(32_000).fill(0.1),
      hears: ['the', 'cat', 'sat'],
      foreignLanguage: 'de',
    });
  });
}

t.test('remote', async (t) => {
  const server = await transcriptionServer(t, 'always', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text: 'The cat sat down.' }));
  });
  await sttConformance(t, {
    open: async ({ maxUtteranceMs }) =>
      remoteStt({
        writer: plainWriter(),
        baseUrl: server.baseUrl,
        model: 'm',
        apiKey: null,
        clock,
        maxUtteranceMs,
        timeoutMs: 20_000,
        partialEveryMs: 500,
      }),
    speech: new Float32Array(32_000).fill(0.1),
    hears: ['the', 'cat', 'sat', 'down'],
  });
});
