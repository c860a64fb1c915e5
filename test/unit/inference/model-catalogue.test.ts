/**
 * What a catalogue may list, and that the one that comes with Attune lists nothing else.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { ModelCatalogue } from '../../../src/inference/model-catalogue.js';
import { isFetchable, redirectTarget } from '../../../src/inference/pull/address.js';
import { nearestOf } from '../../../src/inference/pull/nearest-name.js';

const file = (changes: object = {}): object => ({
  role: 'model',
  path: 'onnx/model.onnx',
  url: 'https://example.org/model.onnx',
  sha256: 'a'.repeat(64),
  bytes: 3,
  ...changes,
});

const model = (changes: object = {}): object => ({
  name: 'words',
  what: 'a test',
  engine: 'sherpa',
  languages: ['en'],
  licence: { id: 'CC0-1.0', url: 'https://example.org/licence', meaning: 'Anything goes.' },
  homepage: 'https://example.org/words',
  home: 'other',
  options: { family: 'offline-transducer', threads: 2 },
  files: [file()],
  ...changes,
});

const catalogueOf = (...models: readonly object[]): ModelCatalogue =>
  ModelCatalogue.parse(JSON.stringify({ models }), 'a test');

t.test('a model is found by its name, and a mistyped one suggested', async (t) => {
  const catalogue = catalogueOf(model({ name: 'moonshine-tiny' }), model({ name: 'moonshine-base' }), model());
  t.equal(catalogue.find('words').engine, 'sherpa');
  t.throws(() => catalogue.find('mooshine-tiny'), { code: 'MODEL_UNKNOWN', message: /did you mean moonshine-tiny/ });
  t.throws(() => catalogue.find('base'), { message: /did you mean moonshine-base/ });
  t.throws(() => catalogue.find('x'), { message: /there are moonshine-tiny, moonshine-base, words/ });
});

const refused: Readonly<Record<string, { readonly models: readonly object[]; readonly field: string }>> = {
  'a path that leaves the folder': {
    models: [model({ files: [file({ path: '../x' })] })],
    field: 'models.0.files.0.path',
  },
  'a path that leaves it later': {
    models: [model({ files: [file({ path: 'a/../../x' })] })],
    field: 'models.0.files.0.path',
  },
  'an absolute path': { models: [model({ files: [file({ path: '/etc/passwd' })] })], field: 'models.0.files.0.path' },
  'a path of another system': { models: [model({ files: [file({ path: 'a\\b' })] })], field: 'models.0.files.0.path' },
  'a drive': { models: [model({ files: [file({ path: 'C:x' })] })], field: 'models.0.files.0.path' },
  'an empty step': { models: [model({ files: [file({ path: 'a//b' })] })], field: 'models.0.files.0.path' },
  'a name of our own': { models: [model({ files: [file({ path: 'model.json' })] })], field: 'models.0.files.0.path' },
  'a part': { models: [model({ files: [file({ path: 'a.onnx.part' })] })], field: 'models.0.files.0.path' },
  'a model named as a parent': { models: [model({ name: '..' })], field: 'models.0.name' },
  'a model named as a path': { models: [model({ name: 'a/b' })], field: 'models.0.name' },
  'plain http': { models: [model({ files: [file({ url: 'http://example.org/x' })] })], field: 'models.0.files.0.url' },
  'a file address': {
    models: [model({ files: [file({ url: 'file:///etc/passwd' })] })],
    field: 'models.0.files.0.url',
  },
  'a digest of another length': {
    models: [model({ files: [file({ sha256: 'abc' })] })],
    field: 'models.0.files.0.sha256',
  },
  'a digest left out': { models: [model({ files: [file({ sha256: undefined })] })], field: 'models.0.files.0.sha256' },
  'no size': { models: [model({ files: [file({ bytes: 0 })] })], field: 'models.0.files.0.bytes' },
  'no files': { models: [model({ files: [] })], field: 'models.0.files' },
  'two files of one path': {
    models: [model({ files: [file(), file({ path: 'ONNX/model.onnx' })] })],
    field: 'models.0.files',
  },
  'two models of one name': { models: [model(), model()], field: 'models' },
  'an engine nobody has': { models: [model({ engine: 'torch' })], field: 'models.0.engine' },
  'an unknown field': { models: [model({ colour: 'red' })], field: 'models.0' },
};
for (const [what, { models, field }] of Object.entries(refused)) {
  t.test(`${what} is refused by its field`, async (t) => {
    t.throws(() => catalogueOf(...models), { code: 'CATALOGUE_INVALID', field });
  });
}

t.test('what is no catalogue is refused by its source', async (t) => {
  t.throws(() => ModelCatalogue.parse('{', 'x.json'), { code: 'CATALOGUE_INVALID', field: 'x.json' });
  t.throws(() => ModelCatalogue.parse('[]', 'x.json'), { code: 'CATALOGUE_INVALID' });
});

t.test('addresses are HTTPS, or stay on this machine', async (t) => {
  const verdicts = [
    ['https://example.org/x', true],
    ['http://127.0.0.1:80/x', true],
    ['http://localhost/x', true],
    ['http://[::1]/x', true],
    ['http://example.org/x', false],
    ['http://localhost.example.org/x', false],
    ['http://127.0.0.1.example.org/x', false],
    ['https://user:secret@example.org/x', false],
    ['ftp://example.org/x', false],
    ['x', false],
  ] as const;
  for (const [address, verdict] of verdicts) t.equal(isFetchable(address), verdict, address);
});

t.test('a redirect may leave the host, but not safety', async (t) => {
  const home = new URL('https://example.org/a/b');
  t.equal(redirectTarget(home, '../c').href, 'https://example.org/c');
  t.equal(redirectTarget(home, 'https://store.example.net/c').host, 'store.example.net');
  t.equal(redirectTarget(new URL('http://localhost:1/a'), 'http://127.0.0.1:2/b').port, '2');
  for (const bad of [
    'http://example.org/c',
    'http://127.0.0.1/c',
    'https://127.0.0.1/c',
    'file:///c',
    null,
    'http://',
  ]) {
    t.throws(() => redirectTarget(home, bad), { code: 'ADDRESS_REFUSED' }, String(bad));
  }
});

t.test('the nearest names are few', async (t) => {
  t.same(nearestOf('wisper', ['whisper-tiny', 'whisper', 'vosk']), ['whisper']);
  t.same(nearestOf('whisper', ['a', 'whisper-1', 'whisper-2', 'whisper-3', 'whisper-4']).length, 3);
  t.same(nearestOf('zz', ['parakeet']), []);
});

t.test('the own catalogue holds, and each file without a digest lies where its home has one', async (t) => {
  const { models } = ModelCatalogue.parse(readFileSync('models/catalogue.json', 'utf8'), 'models/catalogue.json');
  t.ok(models.length >= 9);
  for (const { name, files, home, languages } of models) {
    t.ok(languages.length > 0, name);
    t.equal(new Set(files.map(({ role }) => role)).size, files.length, `${name}: a role is one file's`);
    for (const { url, sha256 } of files) {
      t.ok(url.startsWith('https://'), url);
      if (sha256 === null) t.equal(home, 'hugging-face', url);
      else t.match(url, /\/resolve\/[0-9a-f]{40}\//u, 'a digest goes with a commit');
    }
  }
});
