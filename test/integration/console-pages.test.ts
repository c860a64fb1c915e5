/**
 * The console's files over HTTP: types, caching, compression, and no way out of the folder.
 */
import t, { type Test } from 'tap';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ConsolePages } from '../../src/server/console-pages.js';

async function serve(t: Test, folder: string) {
  const pages = await ConsolePages.read(folder);
  const server = createServer((message, response) => {
    const { pathname, searchParams } = new URL(message.url ?? '/', 'http://server');
    if (!pages.owns(pathname)) return void response.writeHead(404).end();
    void pages.answer({ path: pathname, query: searchParams, message }, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as { port: number };
  /** Sends the path as it is, which `fetch` would tidy up. */
  return async (rawPath: string, { method = 'GET', headers = {} } = {}) => {
    const asked = httpRequest({ port, host: '127.0.0.1', path: rawPath, method, headers }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) };
  };
}

const script = 'export const words = "the same words again and again, the same words again and again";\n'.repeat(20);

t.test('a built console', async (t) => {
  const root = t.testdir({
    'secret.txt': 'not for anybody',
    console: {
      'index.html': '<!doctype html><title>Attune</title>',
      assets: { 'index-1a2b.js': script, 'index-1a2b.css': 'body{}', 'icon.svg': '<svg/>', 'odd.bin': 'x' },
    },
  });
  const get = await serve(t, path.join(root, 'console'));

  await t.test('types and the policy', async (t) => {
    for (const [asked, type] of [
      ['/', 'text/html; charset=utf-8'],
      ['/index.html', 'text/html; charset=utf-8'],
      ['/assets/index-1a2b.js', 'text/javascript; charset=utf-8'],
      ['/assets/index-1a2b.css', 'text/css; charset=utf-8'],
      ['/assets/icon.svg', 'image/svg+xml'],
    ] as const) {
      const { status, headers } = await get(asked);
      t.equal(status, 200, asked);
      t.equal(headers['content-type'], type);
      t.equal(headers['x-content-type-options'], 'nosniff');
      const policy = String(headers['content-security-policy']);
      t.match(policy, "default-src 'none'");
      t.match(policy, "frame-ancestors 'none'");
      t.notMatch(policy, /unsafe|\*|https?:/u);
    }
  });

  await t.test('hashed files are kept for good, the page is asked for each time', async (t) => {
    t.match((await get('/assets/index-1a2b.js')).headers['cache-control'], 'immutable');
    const page = await get('/');
    t.equal(page.headers['cache-control'], 'no-cache');
    const again = await get('/', { headers: { 'if-none-match': page.headers.etag! } });
    t.equal(again.status, 304);
    t.equal(again.body.length, 0);
  });

  await t.test('what shrinks is sent shrunk to those who can read it', async (t) => {
    const small = await get('/assets/index-1a2b.js', { headers: { 'accept-encoding': 'br, gzip' } });
    t.equal(small.headers['content-encoding'], 'gzip');
    t.equal(gunzipSync(small.body).toString(), script);
    for (const encoding of ['identity', 'gzip;q=0']) {
      const plain = await get('/assets/index-1a2b.js', { headers: { 'accept-encoding': encoding } });
      t.equal(plain.headers['content-encoding'], undefined, encoding);
      t.equal(plain.body.toString(), script);
    }
  });

  await t.test('nothing beside the folder, and nothing of an unknown kind', async (t) => {
    for (const asked of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/assets/..\\..\\secret.txt',
      '/assets/',
      '/assets/odd.bin',
    ])
      t.equal((await get(asked)).status, 404, asked);
  });

  await t.test('it is read, not written', async (t) => {
    const head = await get('/', { method: 'HEAD' });
    t.equal(head.status, 200);
    t.equal(head.body.length, 0);
    t.equal((await get('/', { method: 'POST' })).status, 405);
  });
});

t.test('a console that is not built says how to build it', async (t) => {
  const get = await serve(t, path.join(t.testdir(), 'nowhere'));
  const { status, headers, body } = await get('/');
  t.equal(status, 200);
  t.match(headers['content-type'], 'text/plain');
  t.match(body.toString(), 'npm run build');
  t.equal((await get('/assets/index.js')).status, 404);
});
