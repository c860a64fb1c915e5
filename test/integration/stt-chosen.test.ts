/**
 * Choosing a recogniser as a user does: by flags of the command line, by the folder's own word, and what stands in the way.
 */
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { encodeWav } from '../../src/audio/wav-writer.js';
import { silentLogger } from '../../src/core/logger.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { sttEngineOf } from '../../src/server/chosen-stt.js';
import { loadConfig } from '../../src/server/config.js';
import { VoiceStack } from '../../src/server/voice-stack.js';
import { installedVersion, optionalSttPackages } from '../../src/stages/stt/on-thread/optional-package.js';
import { runCommand } from '../support/attune-command.js';
import { levelsOf, vocabJson } from '../support/ctc-signals.js';
import { transcriptionServer } from '../support/transcription-server.js';

// Commands start processes and threads, which takes long on a busy machine.
t.setTimeout(180_000);

const network = path.resolve(import.meta.dirname, '../support/ctc-exports/waveform.onnx');

const config = (flags: Readonly<Record<string, string>>) =>
  loadConfig({ environment: {}, flags: { providers: 'cpu', ...flags } });

async function openWith(flags: Readonly<Record<string, string>>): Promise<string> {
  const options = { config: config(flags), clock: new SystemClock(), logger: silentLogger, metrics: silentMetrics };
  await using stack = await VoiceStack.create(options);
  return (await stack.openStt()).name;
}

t.test('a path or an address alone says which engine is meant', async (t) => {
  t.equal(sttEngineOf(config({})), 'embedded');
  t.equal(sttEngineOf(config({ sttModelPath: '/m' })), 'auto');
  t.equal(sttEngineOf(config({ sttBaseUrl: 'http://h/v1' })), 'remote');
  t.equal(sttEngineOf(config({ sttModelPath: '/m', sttEngine: 'sherpa' })), 'sherpa');
});

t.test('transcribe with a CTC export', async (t) => {
  const folder = t.testdir({
    'vocab.json': vocabJson(),
    'preprocessor_config.json': '{"do_normalize":false}',
    'clip.wav': Buffer.from(encodeWav({ channels: [levelsOf('HI YOU')], sampleRateHz: 16_000 })),
  });
  await copyFile(network, path.join(folder, 'model.onnx'));
  const { status, stderr, json } = await runCommand([
    'transcribe',
    '--json',
    '--stt-model-path',
    folder,
    path.join(folder, 'clip.wav'),
  ]);
  t.equal(status, 0, stderr);
  t.match(json()[0], {
    text: 'Hi you?',
    words: [
      { word: 'hi', startMs: 0 },
      { word: 'you', startMs: Number },
    ],
  });
});

t.test('transcribe with a server', async (t) => {
  const server = await transcriptionServer(t, 'in order', (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"Guten Tag."}');
  });
  const folder = t.testdir({ 'names.txt': 'Wien^2\n' });
  const { status, stderr, json } = await runCommand([
    ...['transcribe', '--json', '--language', 'de-AT', '--stt-base-url', server.baseUrl],
    ...['--hotwords', 'Graz', '--hotwords-file', path.join(folder, 'names.txt')],
    'audio-fixtures/yes.wav',
  ]);
  t.equal(status, 0, stderr);
  t.match(json()[0], { text: 'Guten Tag.' });
  t.match(server.requests[0]?.fields, [['model', 'whisper-1'], [], ['language', 'de'], ['prompt', 'Graz, Wien']]);
});

for (const [engine, wanted] of Object.entries(optionalSttPackages)) {
  const skip = installedVersion(wanted.name) !== undefined;
  t.test(`${wanted.name}, when it is not installed, is named with its version`, { skip }, async (t) => {
    const folder = t.testdir({
      'model.json': JSON.stringify({ engine, options: engine === 'sherpa' ? { kind: 'nemo-ctc' } : {} }),
      'config.json': '{"model_type":"whisper"}',
      'model.onnx': '',
      'tokens.txt': '',
    });
    await t.rejects(openWith({ sttModelPath: folder }), {
      code: 'STT_UNAVAILABLE',
      message: `the package ${wanted.name} is not installed`,
      hint: new RegExp(`npm install --no-save ${wanted.name}@${wanted.version}`, 'u'),
    });
  });
}

for (const [what, flags, files, expected] of [
  ['no address', { sttEngine: 'remote' }, {}, { code: 'OPTION_INVALID', field: 'sttBaseUrl' }],
  ['no path', { sttEngine: 'ctc' }, {}, { code: 'OPTION_INVALID', field: 'sttModelPath' }],
  ['files that say nothing', {}, { 'notes.txt': '' }, { code: 'OPTION_INVALID', field: 'sttEngine' }],
  [
    'a folder for another engine',
    { sttEngine: 'ctc' },
    { 'model.json': '{"engine":"sherpa"}' },
    { code: 'OPTION_INVALID' },
  ],
  ['no network', { sttEngine: 'ctc' }, { 'tokens.txt': 'a 0\n<blk> 1' }, { code: 'MODEL_MISSING' }],
  ['a damaged network', {}, { 'model.onnx': 'x', 'tokens.txt': 'a 0\n<blk> 1' }, { code: 'MODEL_CORRUPT' }],
] as const) {
  t.test(`${what} is refused at the start`, async (t) => {
    const folder = t.testdir(files);
    const path = Object.keys(files).length > 0 ? { sttModelPath: folder } : {};
    await t.rejects(openWith({ ...path, ...flags }), expected);
  });
}

t.test('a list of symbols of another length is refused', async (t) => {
  const folder = t.testdir({ 'tokens.txt': '<blk> 0\na 1' });
  await copyFile(network, path.join(folder, 'model.onnx'));
  await t.rejects(openWith({ sttModelPath: folder }), { code: 'MODEL_INTERFACE_MISMATCH', message: /8 symbols.*2/ });
});
