/**
 * Pulling against a home on this machine: what is asked of it, what lies on the disk afterwards, and every way in which
 * a home, a line or a disk can fail.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { CancelledError } from '../../src/core/errors.js';
import { Scope } from '../../src/core/scope.js';
import { ModelCatalogue, type CatalogueModel } from '../../src/inference/model-catalogue.js';
import { PulledModel, removePulled, stateOf } from '../../src/inference/pulled-model.js';
import { readCatalogue } from '../../src/inference/pull/catalogue-source.js';
import { ModelPull, type PullEvent, type PullRequest } from '../../src/inference/pull/model-pull.js';
import { PullLock } from '../../src/inference/pull/pull-lock.js';
import { ImpatientClock } from '../support/impatient-clock.js';
import { ManualClock } from '../support/manual-clock.js';
import { beginningOf, content, ModelHomeServer, status } from '../support/model-home-server.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const gitBlob = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

const commit = 'c0ffee'.repeat(7).slice(0, 40);

interface FileFacts {
  readonly role: string;
  readonly path: string;
  readonly url: string;
  readonly sha256: string | null;
  readonly bytes: number;
}

function modelOf(files: readonly FileFacts[], changes: object = {}): CatalogueModel {
  const model = {
    name: 'tiny',
    what: 'a test',
    engine: 'ctc',
    languages: ['en'],
    licence: { id: 'CC0-1.0', url: 'https://example.org/licence', meaning: 'Anything goes.' },
    homepage: 'https://example.org/tiny',
    home: 'other',
    options: { blankToken: '<pad>' },
    files,
    ...changes,
  };
  return ModelCatalogue.parse(JSON.stringify({ models: [model] }), 'a test').find('tiny');
}

/** A home with one file of a model, a folder for it, and ways to pull. */
class Bench implements AsyncDisposable {
  readonly clock = new ImpatientClock();
  readonly scope = new Scope('test', () => undefined);
  readonly events: PullEvent[] = [];
  onEvent: (event: PullEvent) => void = () => undefined;

  private constructor(
    readonly home: ModelHomeServer,
    readonly modelHome: string,
    readonly weights: Buffer,
  ) {}

  static async open(t: Test, { bytes = 50_000 } = {}): Promise<Bench> {
    return new Bench(await ModelHomeServer.open(), path.join(t.testdir({}), 'models'), randomBytes(bytes));
  }

  file(changes: Partial<FileFacts> = {}): FileFacts {
    const { weights, home } = this;
    return {
      role: 'model',
      path: 'onnx/model.onnx',
      url: home.url('/model.onnx'),
      sha256: sha256(weights),
      bytes: weights.length,
      ...changes,
    };
  }

  async pull(model: CatalogueModel, changes: Partial<PullRequest> = {}): Promise<PulledModel> {
    const { modelHome, clock, scope } = this;
    const plan = await ModelPull.plan({ model, modelHome, digests: new Map(), trustFirstDownload: false, ...changes });
    const report = (event: PullEvent): void => {
      this.events.push(event);
      this.onEvent(event);
    };
    return plan.run({ clock, scope, report });
  }

  kinds(): readonly string[] {
    return this.events.map(({ kind }) => kind).filter((kind) => kind !== 'received');
  }

  receivedBytes(): number {
    return this.events.reduce((sum, event) => sum + (event.kind === 'received' ? event.bytes : 0), 0);
  }

  inFolder(file: string): string {
    return path.join(this.modelHome, 'tiny', file);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scope[Symbol.asyncDispose]();
    await this.home[Symbol.asyncDispose]();
  }
}

t.test('a model arrives with its files, model.json and the lock; a second pull asks for nothing', async (t) => {
  await using bench = await Bench.open(t);
  const tokens = Buffer.from('a 0\nb 1\n');
  bench.home.serve('/model.onnx', content(bench.weights));
  bench.home.serve('/tokens.txt', content(tokens));
  const model = modelOf([
    bench.file(),
    { role: 'tokens', path: 'tokens.txt', url: bench.home.url('/tokens.txt'), sha256: sha256(tokens), bytes: 8 },
  ]);
  t.equal(await stateOf(bench.modelHome, 'tiny'), 'absent');
  await bench.pull(model);
  t.equal(await stateOf(bench.modelHome, 'tiny'), 'pulled');
  t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
  t.same((await readdir(path.join(bench.modelHome, 'tiny'), { recursive: true })).sort(), [
    'model.json',
    'onnx',
    'onnx/model.onnx',
    'tokens.txt',
  ]);
  t.same(JSON.parse(await readFile(bench.inFolder('model.json'), 'utf8')), {
    name: 'tiny',
    engine: 'ctc',
    options: { blankToken: '<pad>' },
    licence: { id: 'CC0-1.0', url: 'https://example.org/licence', meaning: 'Anything goes.' },
    homepage: 'https://example.org/tiny',
    languages: ['en'],
    files: [
      { role: 'model', path: 'onnx/model.onnx', bytes: bench.weights.length, sha256: sha256(bench.weights) },
      { role: 'tokens', path: 'tokens.txt', bytes: 8, sha256: sha256(tokens) },
    ],
  });
  const pulled = await PulledModel.read(path.join(bench.modelHome, 'tiny'));
  t.equal(pulled.pathOf('tokens'), path.resolve(bench.inFolder('tokens.txt')));
  t.throws(() => pulled.pathOf('joiner'), { code: 'MODEL_CORRUPT', field: 'joiner' });
  for (const file of pulled.facts.files) t.equal(await pulled.verify(file), 'ok');
  t.match((await PullLock.read(bench.modelHome)).find('tiny', 'tokens.txt'), { origin: 'catalogue' });

  const { mtimeMs } = await stat(bench.inFolder('onnx/model.onnx'));
  const askedBefore = bench.home.asked.length;
  await bench.pull(model);
  t.equal(bench.home.asked.length, askedBefore, 'nothing is asked for');
  t.equal((await stat(bench.inFolder('onnx/model.onnx'))).mtimeMs, mtimeMs, 'and nothing is written');

  await writeFile(bench.inFolder('tokens.txt'), 'a 0\nc 1\n');
  t.equal(await pulled.verify(pulled.facts.files[1]!), 'corrupt');
  await bench.pull(model);
  t.same(await readFile(bench.inFolder('tokens.txt')), tokens, 'what is not whole comes again');
  t.equal(bench.home.asked.length, askedBefore + 1, 'alone');
});

t.test('files that were fetched by hand are checked and taken', async (t) => {
  await using bench = await Bench.open(t);
  await mkdir(bench.inFolder('onnx'), { recursive: true });
  await writeFile(bench.inFolder('onnx/model.onnx'), bench.weights);
  const { facts } = await bench.pull(modelOf([bench.file()]));
  t.equal(facts.files[0]?.sha256, sha256(bench.weights));
  t.same(bench.home.asked, []);
});

t.test('without an entity tag or a digest a part cannot be trusted to fit', async (t) => {
  await using bench = await Bench.open(t);
  const begun = beginningOf(bench.weights, 20_000, { etag: 'W/"weak"' });
  bench.home.script('/model.onnx', begun.answer);
  bench.home.serve('/model.onnx', content(bench.weights));
  bench.onEvent = () => bench.receivedBytes() === 20_000 && begun.cut();
  await bench.pull(modelOf([bench.file({ sha256: null })]), { trustFirstDownload: true });
  t.same(
    bench.home.asked.map(({ range }) => range),
    [undefined, undefined],
  );
  t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
});

t.test('a line that breaks is taken up where it broke', async (t) => {
  await using bench = await Bench.open(t);
  const begun = beginningOf(bench.weights, 20_000);
  bench.home.script('/model.onnx', begun.answer);
  bench.home.serve('/model.onnx', content(bench.weights));
  bench.onEvent = () => bench.receivedBytes() === 20_000 && begun.cut();
  await bench.pull(modelOf([bench.file()]));
  t.same(bench.home.asked, [
    { method: 'GET', path: '/model.onnx', range: undefined, ifRange: undefined },
    { method: 'GET', path: '/model.onnx', range: 'bytes=20000-', ifRange: '"one"' },
  ]);
  t.equal(bench.receivedBytes(), bench.weights.length, 'no byte comes twice');
  t.same(bench.clock.pausesMs, [1_000]);
  t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
});

t.test('a pull that was stopped goes on in the next one', async (t) => {
  await using bench = await Bench.open(t);
  const begun = beginningOf(bench.weights, 30_000);
  bench.home.script('/model.onnx', begun.answer);
  bench.home.serve('/model.onnx', content(bench.weights));
  const model = modelOf([bench.file()]);
  const stopped = new Scope('stopped', () => undefined);
  const plan = await ModelPull.plan({
    model,
    modelHome: bench.modelHome,
    digests: new Map(),
    trustFirstDownload: false,
  });
  let received = 0;
  const report = (event: PullEvent): void => {
    received += event.kind === 'received' ? event.bytes : 0;
    if (received === 30_000) stopped.cancel('client-cancelled');
  };
  await t.rejects(plan.run({ clock: bench.clock, scope: stopped, report }), new CancelledError('client-cancelled'));
  await stopped[Symbol.asyncDispose]();
  t.equal((await stat(bench.inFolder('onnx/model.onnx.part'))).size, 30_000);
  t.equal(await stateOf(bench.modelHome, 'tiny'), 'partial');
  await bench.pull(model);
  t.match(bench.home.asked.at(-1), { range: 'bytes=30000-', ifRange: '"one"' });
  t.match(bench.events[1], { kind: 'started', keptBytes: 30_000 });
  t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
});

for (const { what, second } of [
  { what: 'a server that knows no ranges', second: { ranges: false } },
  { what: 'another entity at the home', second: { etag: '"two"' } },
]) {
  t.test(`${what} means from the beginning`, async (t) => {
    await using bench = await Bench.open(t);
    const begun = beginningOf(Buffer.alloc(bench.weights.length), 20_000);
    bench.home.script('/model.onnx', begun.answer);
    bench.home.serve('/model.onnx', content(bench.weights, second));
    bench.onEvent = () => bench.receivedBytes() === 20_000 && begun.cut();
    await bench.pull(modelOf([bench.file()]));
    t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
    t.same(bench.kinds(), ['digest', 'started', 'retrying', 'restarted', 'done']);
    t.match(
      bench.events.find(({ kind }) => kind === 'restarted'),
      { lostBytes: 20_000 },
    );
  });
}

t.test('a server that mixes two entities without saying so is found out by the digest', async (t) => {
  await using bench = await Bench.open(t);
  const begun = beginningOf(Buffer.alloc(bench.weights.length), 20_000);
  bench.home.script('/model.onnx', begun.answer);
  bench.home.serve('/model.onnx', content(bench.weights));
  bench.onEvent = () => bench.receivedBytes() === 20_000 && begun.cut();
  await bench.pull(modelOf([bench.file()]));
  t.same(
    bench.home.asked.map(({ range }) => range),
    [undefined, 'bytes=20000-', undefined],
  );
  t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
});

t.test('content with another digest is thrown away', async (t) => {
  await using bench = await Bench.open(t);
  bench.home.serve('/model.onnx', content(randomBytes(bench.weights.length)));
  await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'DOWNLOAD_MISMATCH' });
  t.same(await readdir(path.join(bench.modelHome, 'tiny', 'onnx')), []);
  t.equal(bench.home.asked.length, 1, 'waiting would not help');
});

t.test(
  'a file that is whole outlives a home that changed, and a wrong one is not overwritten by a wrong one',
  async (t) => {
    await using bench = await Bench.open(t);
    await mkdir(bench.inFolder('onnx'), { recursive: true });
    await writeFile(bench.inFolder('onnx/model.onnx'), 'by hand');
    bench.home.serve('/model.onnx', content(randomBytes(bench.weights.length)));
    await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'DOWNLOAD_MISMATCH' });
    t.equal(await readFile(bench.inFolder('onnx/model.onnx'), 'utf8'), 'by hand');
  },
);

for (const { what, served, isDeclared } of [
  { what: 'shorter', served: 40_000, isDeclared: true },
  { what: 'longer', served: 60_000, isDeclared: true },
  { what: 'shorter without saying so', served: 40_000, isDeclared: false },
  { what: 'longer without saying so', served: 60_000, isDeclared: false },
]) {
  t.test(`a file that is ${what} is refused`, async (t) => {
    await using bench = await Bench.open(t);
    const bytes = Buffer.concat([bench.weights, randomBytes(10_000)]).subarray(0, served);
    bench.home.serve('/model.onnx', (_request, response) => {
      response.writeHead(200, isDeclared ? { 'content-length': bytes.length } : {}).end(bytes);
    });
    await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'DOWNLOAD_MISMATCH' });
    t.same(await readdir(path.join(bench.modelHome, 'tiny', 'onnx')), []);
  });
}

t.test('what will not pass fails at once, what may pass is tried again', async (t) => {
  await using bench = await Bench.open(t);
  bench.home.script('/model.onnx', status(404));
  await t.rejects(bench.pull(modelOf([bench.file()])), {
    code: 'DOWNLOAD_FAILED',
    message: /404/,
    field: bench.home.url('/model.onnx'),
  });
  t.same(bench.clock.pausesMs, []);

  bench.home.script('/model.onnx', status(429, { 'retry-after': '7' }), status(503));
  bench.home.serve('/model.onnx', content(bench.weights));
  await bench.pull(modelOf([bench.file()]));
  t.same(bench.clock.pausesMs, [7_000, 2_000], 'as long as the server says, else doubling');
  t.same(bench.home.unused, []);
});

t.test('a home that only fails is given up', async (t) => {
  await using bench = await Bench.open(t);
  bench.home.serve('/model.onnx', status(500));
  await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'DOWNLOAD_FAILED', message: /500/ });
  t.same(bench.clock.pausesMs, [1_000, 2_000, 4_000, 8_000]);
  bench.home.script('/model.onnx', status(429, { 'retry-after': '3600' }));
  await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'DOWNLOAD_FAILED', message: /60 minutes/ });
});

t.test('a home that falls silent is asked again', async (t) => {
  await using bench = await Bench.open(t);
  let silent = (): void => undefined;
  const asked = new Promise<void>((resolve) => (silent = resolve));
  bench.home.script('/model.onnx', () => silent());
  bench.home.serve('/model.onnx', content(bench.weights));
  const clock = new ManualClock();
  const model = modelOf([bench.file()]);
  const { modelHome, scope } = bench;
  const plan = await ModelPull.plan({ model, modelHome, digests: new Map(), trustFirstDownload: false });
  const events: PullEvent[] = [];
  const running = plan.run({ clock, scope, report: (event) => events.push(event) });
  await asked;
  await clock.advance(30_000);
  while (!events.some(({ kind }) => kind === 'retrying')) await new Promise(setImmediate);
  t.match(events.at(-1), { kind: 'retrying', reason: /nothing came/, pauseMs: 1_000 });
  await clock.advance(1_000);
  await running;
  t.same(await readFile(bench.inFolder('onnx/model.onnx')), bench.weights);
});

t.test('a failing file stops the others, and what they have stays', async (t) => {
  await using bench = await Bench.open(t);
  const begun = beginningOf(bench.weights, 20_000);
  bench.home.serve('/model.onnx', begun.answer);
  bench.home.serve('/tokens.txt', (_request, response) => {
    const fail = (): void => {
      if (bench.receivedBytes() === 20_000) response.writeHead(404).end();
      else setImmediate(fail);
    };
    fail();
  });
  const tokens = { role: 'tokens', path: 'tokens.txt', url: bench.home.url('/tokens.txt'), bytes: 8 };
  const model = modelOf([bench.file(), { ...tokens, sha256: 'a'.repeat(64) }]);
  await t.rejects(bench.pull(model), { code: 'DOWNLOAD_FAILED' });
  t.equal((await stat(bench.inFolder('onnx/model.onnx.part'))).size, 20_000);
});

t.test('redirects are followed to another host, though not for ever and not to plain http', async (t) => {
  await using bench = await Bench.open(t);
  const elsewhere = `http://localhost:${bench.home.port}/store/model.onnx?signature=abc`;
  bench.home.serve('/model.onnx', status(302, { location: elsewhere }));
  bench.home.serve('/store/model.onnx?signature=abc', content(bench.weights));
  await bench.pull(modelOf([bench.file()]));
  t.same(
    bench.home.asked.map((asked) => asked.path),
    ['/model.onnx', '/store/model.onnx?signature=abc'],
  );
  const other = { role: 'model', path: 'other.onnx', sha256: 'b'.repeat(64), bytes: 9 };
  bench.home.serve('/round', status(302, { location: '/round' }));
  await t.rejects(bench.pull(modelOf([{ ...other, url: bench.home.url('/round') }])), {
    code: 'ADDRESS_REFUSED',
    message: /more than 5 times/,
  });
  bench.home.serve('/out', status(302, { location: 'http://example.org/model.onnx' }));
  await t.rejects(bench.pull(modelOf([{ ...other, url: bench.home.url('/out') }])), { code: 'ADDRESS_REFUSED' });
});

t.test('a disk that cannot be written to is named', async (t) => {
  await using bench = await Bench.open(t);
  await writeFile(bench.modelHome, 'a file');
  await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'MODEL_HOME_UNUSABLE', field: 'modelHome' });
  t.same(bench.home.asked, []);
});

t.test(
  'a folder without permission is named',
  { skip: process.getuid?.() === 0 && 'root may write anywhere' },
  async (t) => {
    await using bench = await Bench.open(t);
    await mkdir(bench.modelHome);
    await chmod(bench.modelHome, 0o500);
    await t.rejects(bench.pull(modelOf([bench.file()])), { code: 'MODEL_HOME_UNUSABLE', field: 'modelHome' });
  },
);

t.test('a model larger than the disk is not begun', async (t) => {
  await using bench = await Bench.open(t);
  const model = modelOf([bench.file({ bytes: Number.MAX_SAFE_INTEGER })]);
  await t.rejects(bench.pull(model), { code: 'MODEL_HOME_UNUSABLE', message: /room for/ });
  t.same(bench.home.asked, []);
});

t.test('without a digest the home says it, and the commit is kept to', async (t) => {
  await using bench = await Bench.open(t);
  const tokens = Buffer.from('a 0\nb 1\n');
  const { home, weights } = bench;
  // As Hugging Face answers: a large file lies in another store, a small one comes from Git.
  home.serve(
    '/o/n/resolve/main/model.onnx',
    status(302, {
      location: `http://localhost:${home.port}/store`,
      'x-repo-commit': commit,
      'x-linked-etag': `"${sha256(weights)}"`,
      'x-linked-size': String(weights.length),
    }),
  );
  home.serve(`/o/n/resolve/${commit}/model.onnx`, status(302, { location: `http://localhost:${home.port}/store` }));
  home.serve('/store', content(weights));
  home.serve('/o/n/resolve/main/tokens.txt', (request, response) => {
    response.setHeader('x-repo-commit', commit);
    content(tokens, { etag: `"${gitBlob(tokens)}"` })(request, response);
  });
  home.serve(`/o/n/resolve/${commit}/tokens.txt`, content(tokens));
  const model = modelOf(
    [
      bench.file({ url: home.url('/o/n/resolve/main/model.onnx'), sha256: null }),
      { role: 'tokens', path: 'tokens.txt', url: home.url('/o/n/resolve/main/tokens.txt'), sha256: null, bytes: 8 },
    ],
    { home: 'hugging-face' },
  );
  const { facts } = await bench.pull(model);
  t.same(
    facts.files.map((file) => file.sha256),
    [sha256(weights), sha256(tokens)],
  );
  t.same(
    bench.home.asked.map(({ method, path: asked }) => `${method} ${asked}`).sort(),
    [
      `GET /o/n/resolve/${commit}/model.onnx`,
      `GET /o/n/resolve/${commit}/tokens.txt`,
      'GET /store',
      'HEAD /o/n/resolve/main/model.onnx',
      'HEAD /o/n/resolve/main/tokens.txt',
    ],
    'the file comes from the commit, and the head of the store is not asked for',
  );
  t.match((await PullLock.read(bench.modelHome)).find('tiny', 'tokens.txt'), {
    origin: 'home',
    sha256: sha256(tokens),
    url: home.url(`/o/n/resolve/${commit}/tokens.txt`),
  });

  await removePulled(bench.modelHome, 'tiny');
  t.equal(await stateOf(bench.modelHome, 'tiny'), 'absent');
  home.serve(`/o/n/resolve/${commit}/tokens.txt`, content(Buffer.from('a 0\nc 1\n')));
  await t.rejects(bench.pull(model), { code: 'DOWNLOAD_MISMATCH' }, 'a later pull must match');
  await (await PullLock.read(bench.modelHome)).forget('tiny');
  t.equal((await PullLock.read(bench.modelHome)).find('tiny', 'tokens.txt'), undefined);
});

t.test('a small file of the home must have its Git name', async (t) => {
  await using bench = await Bench.open(t);
  const url = bench.home.url('/o/n/resolve/main/model.onnx');
  bench.home.serve('/o/n/resolve/main/model.onnx', (request, response) => {
    response.setHeader('x-repo-commit', commit);
    content(bench.weights, { etag: `"${'0'.repeat(40)}"` })(request, response);
  });
  bench.home.serve(`/o/n/resolve/${commit}/model.onnx`, content(bench.weights));
  const model = modelOf([bench.file({ url, sha256: null })], { home: 'hugging-face' });
  await t.rejects(bench.pull(model), { code: 'DOWNLOAD_MISMATCH' });
});

t.test('a home that says another size, or nothing, is refused', async (t) => {
  await using bench = await Bench.open(t);
  const url = bench.home.url('/o/n/resolve/main/model.onnx');
  const model = modelOf([bench.file({ url, sha256: null })], { home: 'hugging-face' });
  const said = { 'x-repo-commit': commit, 'x-linked-etag': `"${sha256(bench.weights)}"`, 'x-linked-size': '7' };
  bench.home.script('/o/n/resolve/main/model.onnx', status(200, said), status(200));
  await t.rejects(bench.pull(model), { code: 'DOWNLOAD_MISMATCH', message: /7 bytes at its home/ });
  await t.rejects(bench.pull(model), { code: 'DIGEST_UNKNOWN' });
  const unlike = modelOf([bench.file({ sha256: null })], { home: 'hugging-face' });
  await t.rejects(bench.pull(unlike), { code: 'DIGEST_UNKNOWN', message: /huggingface\.co/ });
});

t.test('without a digest from anybody the person must vouch for the file or trust it', async (t) => {
  await using bench = await Bench.open(t);
  bench.home.serve('/model.onnx', content(bench.weights));
  const model = modelOf([bench.file({ sha256: null })]);
  await t.rejects(bench.pull(model), { code: 'DIGEST_UNKNOWN', field: 'onnx/model.onnx' });
  const digests = new Map([['onnx/model.onnx', sha256(bench.weights)]]);
  await bench.pull(model, { digests });
  await removePulled(bench.modelHome, 'tiny');
  await t.rejects(bench.pull(model, { digests: new Map([['onnx/model.onnx', 'a'.repeat(64)]]) }), {
    code: 'DOWNLOAD_MISMATCH',
    hint: /--forget/,
  });
  await (await PullLock.read(bench.modelHome)).forget('tiny');

  const { facts } = await bench.pull(model, { trustFirstDownload: true });
  t.equal(facts.files[0]?.sha256, sha256(bench.weights));
  await removePulled(bench.modelHome, 'tiny');
  bench.home.serve('/model.onnx', content(randomBytes(bench.weights.length)));
  await t.rejects(bench.pull(model, { trustFirstDownload: true }), { code: 'DOWNLOAD_MISMATCH' }, 'once only');
  await t.rejects(bench.pull(model, { digests: new Map([['other', 'a'.repeat(64)]]) }), { code: 'OPTION_INVALID' });
});

t.test('removing leaves what a pull did not bring', async (t) => {
  await using bench = await Bench.open(t);
  bench.home.serve('/model.onnx', content(bench.weights));
  await bench.pull(modelOf([bench.file()]));
  await writeFile(bench.inFolder('notes.txt'), 'mine');
  const { removedBytes, left } = await removePulled(bench.modelHome, 'tiny');
  t.same(left, ['notes.txt']);
  t.ok(removedBytes > bench.weights.length);
  t.same(await readdir(path.join(bench.modelHome, 'tiny')), ['notes.txt']);
  await t.rejects(removePulled(bench.modelHome, '../tiny'), { code: 'MODEL_MISSING' });
});

t.test('a catalogue comes from an address or a file', async (t) => {
  await using bench = await Bench.open(t);
  const text = JSON.stringify({ models: [modelOf([bench.file()])] });
  bench.home.serve('/catalogue.json', content(Buffer.from(text)));
  const folder = t.testdir({ 'catalogue.json': text });
  for (const source of [bench.home.url('/catalogue.json'), path.join(folder, 'catalogue.json')]) {
    const catalogue = await readCatalogue(source, bench);
    t.equal(catalogue.find('tiny').engine, 'ctc', source);
  }
  await t.rejects(readCatalogue(path.join(folder, 'none.json'), bench), { code: 'FILE_UNREADABLE' });
  await t.rejects(readCatalogue('http://example.org/catalogue.json', bench), { code: 'ADDRESS_REFUSED' });
  bench.home.serve('/large.json', content(Buffer.alloc(5_000_000, ' ')));
  await t.rejects(readCatalogue(bench.home.url('/large.json'), bench), { code: 'CATALOGUE_INVALID' });
});
