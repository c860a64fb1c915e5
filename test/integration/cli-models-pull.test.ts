/**
 * `attune models pull`, `list`, `verify` and `remove` as a shell sees them, with a home on this machine.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { finished, runCommand, startCommand } from '../support/attune-command.js';
import { beginningOf, content, ModelHomeServer } from '../support/model-home-server.js';

const weights = randomBytes(200_000);

async function homeWithCatalogue(t: Test) {
  const home = await ModelHomeServer.open();
  const folder = t.testdir({});
  const modelHome = path.join(folder, 'models');
  const entry = {
    name: 'tiny-words',
    what: 'a test',
    engine: 'ctc',
    languages: ['en'],
    licence: { id: 'CC-BY-4.0', url: 'https://example.org/licence', meaning: 'Name the maker.' },
    homepage: 'https://example.org/tiny',
    home: 'other',
    options: {},
    files: [
      {
        role: 'model',
        path: 'model.onnx',
        url: home.url('/model.onnx'),
        sha256: createHash('sha256').update(weights).digest('hex'),
        bytes: weights.length,
      },
    ],
  };
  const catalogue = path.join(folder, 'catalogue.json');
  await writeFile(catalogue, JSON.stringify({ models: [entry] }));
  home.serve('/model.onnx', content(weights));
  const at = ['--model-home', modelHome];
  return { home, modelHome, at, pull: ['models', 'pull', 'tiny-words', '--catalogue', catalogue, ...at], catalogue };
}

t.test('a licence that nobody accepted keeps everything away', async (t) => {
  const { home, modelHome, pull } = await homeWithCatalogue(t);
  await using _home = home;
  const { status, stdout, stderr } = await runCommand(pull, { input: 'y\n' });
  t.equal(status, 1);
  t.match(stderr, /LICENCE_NOT_ACCEPTED.*--accept-licence/s);
  for (const shown of ['CC-BY-4.0', 'https://example.org/licence', 'Name the maker.', '0.2 MB']) {
    t.ok(stderr.includes(shown), shown);
  }
  t.equal(stdout, '');
  t.same(home.asked, []);
  t.notOk(existsSync(modelHome));
});

t.test('a model is pulled, listed, verified and removed', async (t) => {
  const { home, modelHome, pull, at, catalogue } = await homeWithCatalogue(t);
  await using _home = home;
  const pulled = await runCommand([...pull, '--accept-licence', '--json']);
  t.equal(pulled.status, 0, pulled.stderr);
  t.match(pulled.json()[0], { folder: path.join(modelHome, 'tiny-words'), name: 'tiny-words', engine: 'ctc' });
  t.match(pulled.stderr, /100 %/, 'progress goes to standard error');
  t.notMatch(pulled.stderr, '\u001b[2K', 'and nothing is rewritten there');
  t.same(await readFile(path.join(modelHome, 'tiny-words', 'model.onnx')), weights);

  const again = await runCommand(pull);
  t.equal(again.status, 0, again.stderr);
  t.match(again.stdout, /is whole already/, 'nothing is asked again');

  const listed = (await runCommand(['models', 'list', '--json', '--catalogue', catalogue, ...at])).json();
  t.match(
    listed.find(({ name }) => name === 'tiny-words'),
    { kind: 'pulled', engine: 'ctc', state: 'pulled', undigested: [], licence: 'CC-BY-4.0', bytes: weights.length },
  );
  const own = await runCommand(['models', 'list', ...at]);
  t.match(own.stdout, /parakeet-tdt-0\.6b-v2/);
  t.match(own.stdout, /tiny-words .*pulled/, 'also what came with another catalogue');

  const whole = await runCommand(['models', 'verify', '--json', ...at]);
  t.equal(whole.status, 0, whole.stderr);
  t.match(whole.json().at(-1), { name: 'tiny-words', verdict: 'ok' });
  await writeFile(path.join(modelHome, 'tiny-words', 'model.onnx'), 'x');
  const broken = await runCommand(['models', 'verify', '--json', ...at]);
  t.equal(broken.status, 1);
  t.match(broken.json().at(-1), { name: 'tiny-words', verdict: 'corrupt' });

  const removed = await runCommand(['models', 'remove', 'tiny-words', '--json', '--forget', ...at]);
  t.match(removed.json()[0], { name: 'tiny-words', left: [] });
  t.notOk(existsSync(path.join(modelHome, 'tiny-words')));
});

t.test('names and digests that do not fit are told apart', async (t) => {
  const { home, pull, at, catalogue } = await homeWithCatalogue(t);
  await using _home = home;
  const mistyped = await runCommand(['models', 'pull', 'tiny-word', '--catalogue', catalogue, ...at]);
  t.match(mistyped.stderr, /MODEL_UNKNOWN.*did you mean tiny-words/s);
  const other = await runCommand([...pull, '--sha256', `model.onnx=${'a'.repeat(64)}`]);
  t.match(other.stderr, /DOWNLOAD_MISMATCH/);
  t.same(home.asked, []);
});

t.test('Ctrl-C stops and keeps what has arrived', async (t) => {
  const { home, modelHome, pull } = await homeWithCatalogue(t);
  await using _home = home;
  home.script('/model.onnx', beginningOf(weights, 120_000).answer);
  const child = startCommand([...pull, '--accept-licence']);
  child.stdin?.end();
  const ended = finished(child);
  const gone = new AbortController();
  child.once('exit', () => gone.abort());
  // A line for every tenth: the sixth means that all that was sent lies on the disk.
  for (let shown = ''; !shown.includes('60 %');) {
    shown += String(((await once(child.stderr!, 'data', { signal: gone.signal })) as [string])[0]);
  }
  child.kill('SIGINT');
  const { status, stderr } = await ended;
  t.equal(status, 1, stderr);
  t.match(stderr, /Stopped\. What has arrived is kept/);
  t.equal((await stat(path.join(modelHome, 'tiny-words', 'model.onnx.part'))).size, 120_000);
  const { status: resumed } = await runCommand([...pull, '--accept-licence']);
  t.equal(resumed, 0);
  t.same(
    home.asked.map(({ range }) => range),
    [undefined, 'bytes=120000-'],
  );
  t.same(await readFile(path.join(modelHome, 'tiny-words', 'model.onnx')), weights);
});
