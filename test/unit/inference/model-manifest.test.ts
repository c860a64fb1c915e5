/**
 * The list of models on a folder made for the test: what is accepted, what is refused and how a file is judged.
 */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import t from 'tap';
import { ModelManifest } from '../../../src/inference/model-manifest.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const entry = (changes: object = {}): object => ({
  name: 'words',
  kind: 'data',
  file: 'words.bin',
  sha256: sha256('abc'),
  bytes: 3,
  licence: 'CC0-1.0',
  source: 'a test',
  ...changes,
});

const folderWith = (models: readonly object[], files: Record<string, string> = {}): string =>
  t.testdir({ 'manifest.json': JSON.stringify({ models }), ...files });

t.test('a folder without a manifest has no models', async (t) => {
  await t.rejects(ModelManifest.read(t.testdir({})), { code: 'MODEL_MISSING' });
});

const unreadable: Readonly<Record<string, string>> = {
  'not JSON': '{"models": [',
  'no list of models': '{}',
  'an unknown field': JSON.stringify({ models: [entry({ colour: 'red' })] }),
  'a checksum of another length': JSON.stringify({ models: [entry({ sha256: 'abc' })] }),
  'a kind nobody loads': JSON.stringify({ models: [entry({ kind: 'torch' })] }),
  'an empty file': JSON.stringify({ models: [entry({ bytes: 0 })] }),
};
for (const [what, text] of Object.entries(unreadable)) {
  t.test(`a manifest with ${what} is refused by its path`, async (t) => {
    const folder = t.testdir({ 'manifest.json': text });
    await t.rejects(ModelManifest.read(folder), { code: 'MODEL_CORRUPT', field: join(folder, 'manifest.json') });
  });
}

t.test('a name that is not in the list says which are', async (t) => {
  const manifest = await ModelManifest.read(folderWith([entry(), entry({ name: 'more' })]));
  t.throws(() => manifest.find('ears'), { code: 'MODEL_UNKNOWN', field: 'ears', message: /words, more/ });
});

const judged: readonly { what: string; files: Record<string, string>; verdict: string; code: string | undefined }[] = [
  { what: 'the right bytes', files: { 'words.bin': 'abc' }, verdict: 'ok', code: undefined },
  { what: 'other bytes of the same length', files: { 'words.bin': 'abd' }, verdict: 'corrupt', code: 'MODEL_CORRUPT' },
  { what: 'too few bytes', files: { 'words.bin': 'ab' }, verdict: 'corrupt', code: 'MODEL_CORRUPT' },
  { what: 'no file', files: {}, verdict: 'missing', code: 'MODEL_MISSING' },
];
for (const { what, files, verdict, code } of judged) {
  t.test(`${what}: ${verdict}`, async (t) => {
    const manifest = await ModelManifest.read(folderWith([entry()], files));
    t.equal(await manifest.verify(manifest.find('words')), verdict);
    if (code === undefined) t.equal(basename(await manifest.verifiedPath('words')), 'words.bin');
    else await t.rejects(manifest.verifiedPath('words'), { code, field: 'words.bin' });
  });
}

t.test('a file of a package is found in the package, and missing without it', async (t) => {
  const manifest = await ModelManifest.read(
    folderWith([
      entry({ name: 'there', file: 'npm:@ricky0123/vad-web/dist/silero_vad_v6.onnx' }),
      entry({ name: 'gone', file: 'npm:no-such-package-of-attune/model.onnx' }),
    ]),
  );
  t.match(manifest.pathOf(manifest.find('there')), /vad-web[\\/]dist[\\/]silero_vad_v6\.onnx$/);
  t.equal(await manifest.verify(manifest.find('there')), 'corrupt', 'it is there and has another checksum');
  t.equal(await manifest.verify(manifest.find('gone')), 'missing');
});
