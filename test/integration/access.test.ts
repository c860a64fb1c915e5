/**
 * Keys, secrets of browsers and encryption on a whole server, asked by the clients that people use.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fetchAccessToken, HumeClient } from 'hume';
import OpenAI from 'openai';
import t from 'tap';
import { WebSocket } from 'ws';
import { runCommand } from '../support/attune-command.js';
import { startServer, testApiKey } from '../support/running-server.js';
import { WireClient } from '../support/wire-client.js';

function certificateIn(folder: string, commonName: string) {
  const files = { tlsCertFile: join(folder, 'cert.pem'), tlsKeyFile: join(folder, 'key.pem') };
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
      ...['-keyout', files.tlsKeyFile, '-out', files.tlsCertFile],
    ],
    { stdio: 'ignore' },
  );
  return files;
}

t.test('what a browser gets in place of the key', { timeout: 120_000 }, async (t) => {
  const folder = t.testdir();
  const auditLog = join(folder, 'audit.jsonl');
  {
    await using running = await startServer({ auditLog });
    const openai = new OpenAI({ apiKey: testApiKey, baseURL: `http://127.0.0.1:${running.port}/v1` });

    await t.test('the openai package makes a secret, and a call begins with what it stated', async (t) => {
      const { value, session, expires_at } = await openai.realtime.clientSecrets.create({
        expires_after: { anchor: 'created_at', seconds: 60 },
        session: { type: 'realtime', instructions: 'You are a pirate.', output_modalities: ['text'] },
      });
      t.match(value, /^ek_/);
      t.match(session, { type: 'realtime', instructions: 'You are a pirate.' });
      t.ok(Math.abs(expires_at - Date.now() / 1000 - 60) < 30);
      const socket = new WebSocket(running.url, ['realtime', `openai-insecure-api-key.${value}`], {
        origin: 'https://shop.example',
      });
      const created = await new Promise<Buffer>((resolve, reject) => {
        socket.once('message', (data: Buffer) => resolve(data));
        socket.once('error', reject);
      });
      t.equal(socket.protocol, 'realtime');
      t.match(JSON.parse(created.toString()), {
        type: 'session.created',
        session: { instructions: 'You are a pirate.', output_modalities: ['text'] },
      });
      socket.close();
      const people = await fetch(`http://127.0.0.1:${running.port}/v1/memory/people/anna`, {
        headers: { authorization: `Bearer ${value}` },
      });
      t.equal(people.status, 403);
      t.match(await people.json(), { error: { code: 'KEY_SCOPE_MISSING', param: 'memory' } });
    });

    await t.test('a page’s EVI chat brings it as a subprotocol, out of the address', async (t) => {
      const socketWith = (key: string) =>
        new WebSocket(`ws://127.0.0.1:${running.port}/v0/evi/chat`, ['evi', `openai-insecure-api-key.${key}`], {
          origin: 'https://shop.example',
        });
      const { value } = await openai.realtime.clientSecrets.create({});
      const socket = socketWith(value);
      const first = await new Promise<Buffer>((resolve, reject) => {
        socket.once('message', (data: Buffer) => resolve(data));
        socket.once('error', reject);
      });
      t.equal(socket.protocol, 'evi');
      t.match(JSON.parse(first.toString()), { type: 'chat_metadata' });
      socket.close();
      const refused = socketWith('guess');
      const problem = await new Promise<Error>((resolve) => refused.once('error', resolve));
      t.match(problem.message, /401/);
    });

    await t.test('what does not fit is named', async (t) => {
      const make = (body: object) => openai.realtime.clientSecrets.create(body);
      await t.rejects(make({ session: { type: 'realtime', output_modalities: ['smell'] } }), {
        status: 400,
        code: 'invalid_value',
        param: 'session.output_modalities.0',
      });
      await t.rejects(make({ expires_after: { anchor: 'created_at', seconds: 1 } }), {
        status: 400,
        code: 'invalid_value',
        param: 'expires_after.seconds',
      });
      const stranger = new OpenAI({ apiKey: 'guess', baseURL: openai.baseURL, maxRetries: 0 });
      await t.rejects(stranger.realtime.clientSecrets.create({}), { status: 401, code: 'UNAUTHORIZED' });
    });

    await t.test('a token is answered to a form, with the key as user name', async (t) => {
      const ask = (grant: string, key = testApiKey) =>
        fetch(`http://127.0.0.1:${running.port}/oauth2-cc/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`${key}:secret`).toString('base64')}` },
          body: new URLSearchParams({ grant_type: grant }),
        });
      t.match(await (await ask('client_credentials')).json(), { access_token: /^ek_/, token_type: 'Bearer' });
      t.match(await (await ask('password')).json(), { error: { code: 'invalid_value', param: 'grant_type' } });
      t.equal((await ask('client_credentials', 'guess')).status, 401);
    });
  }
  const shown = (await runCommand(['audit', 'show', auditLog, '--json'])).json();
  const keyId = createHash('sha256').update(testApiKey).digest('hex').slice(0, 12);
  t.match(
    shown.find(({ action }) => action === 'secret.created'),
    { tenant: 'default', actor: `key ${keyId}` },
  );
  t.notOk(readFileSync(auditLog, 'utf8').includes('ek_'));
});

t.test('over TLS: a call, Hume’s token, and a certificate that is renewed', { timeout: 120_000 }, async (t) => {
  const folder = t.testdir();
  const files = certificateIn(folder, 'first');
  await using running = await startServer(files);
  const trust = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  // The package uses the global fetch, which takes no certificate authority.
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.teardown(() => {
    if (trust === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = trust;
  });
  const host = `127.0.0.1:${running.port}`;
  const accessToken = await fetchAccessToken({ apiKey: testApiKey, secretKey: 'any', host });
  const client = new HumeClient({ accessToken, environment: `https://${host}` });
  const chat = client.empathicVoice.chat.connect({ reconnectAttempts: 0 });
  const first = await new Promise<{ readonly type: string }>((resolve) => chat.on('message', resolve));
  t.equal(first.type, 'chat_metadata');
  chat.close();
  await t.rejects(WireClient.open(running.url, testApiKey), 'and nothing unencrypted');

  const nameOn = () =>
    new Promise<string | undefined>((resolve, reject) => {
      const socket = connect({ port: running.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.once('error', reject);
    });
  t.equal(await nameOn(), 'first');
  const next = certificateIn(t.testdir(), 'second');
  writeFileSync(files.tlsKeyFile, readFileSync(next.tlsKeyFile));
  writeFileSync(files.tlsCertFile, readFileSync(next.tlsCertFile));
  while ((await nameOn()) !== 'second') await new Promise((resolve) => setTimeout(resolve, 100));
  t.pass('renewed without a restart');
});

t.test('files that cannot encrypt keep the server from starting', async (t) => {
  const { tlsCertFile } = certificateIn(t.testdir(), 'alone');
  const other = join(t.testdir({ 'other.pem': 'no key' }), 'other.pem');
  await t.rejects(startServer({ tlsCertFile }), { code: 'OPTION_INVALID', field: 'tlsKeyFile' });
  await t.rejects(startServer({ tlsKeyFile: other }), { code: 'OPTION_INVALID', field: 'tlsCertFile' });
});

t.test('keys are made, listed and taken away on the command line', { timeout: 60_000 }, async (t) => {
  const tenantsFile = join(
    t.testdir({ 'tenants.yaml': '# ours\ntenants:\n  acme: { keys: [plain-key-1], locale: de-DE }\n' }),
    'tenants.yaml',
  );
  const file = ['--tenants-file', tenantsFile, '--json'];
  const made = await runCommand([
    'keys',
    'new',
    '--tenant',
    'acme',
    '--name',
    'ivr',
    '--scopes',
    'talk,observe',
    '--max-calls',
    '5',
    ...file,
  ]);
  t.equal(made.status, 0);
  const { key } = made.json()[0] as { readonly key: string };
  t.notOk(readFileSync(tenantsFile, 'utf8').includes(key), 'the file has the digest alone');
  t.match(readFileSync(tenantsFile, 'utf8'), /^# ours\n/, 'and keeps its comments');
  const listed = (await runCommand(['keys', 'list', ...file])).json();
  t.match(listed[1], { tenant: 'acme', name: 'ivr', scopes: ['talk', 'observe'], limits: { maxCalls: 5 } });
  t.equal((await runCommand(['keys', 'revoke', 'nobody', ...file])).status, 1);
  t.match((await runCommand(['keys', 'revoke', 'ivr', ...file])).json()[0], { revoked: listed[1]?.['id'] });
  t.equal((await runCommand(['keys', 'list', ...file])).json().length, 1);
  const last = await runCommand(['keys', 'revoke', String(listed[0]?.['id']), ...file]);
  t.match(last.stderr, /TENANTS_INVALID/, 'a tenant keeps a key');
  const fresh = join(t.testdir(), 'new.yaml');
  t.equal((await runCommand(['keys', 'new', '--tenants-file', fresh, '--json'])).status, 0);
  t.equal((await runCommand(['keys', 'list', '--tenants-file', fresh, '--json'])).json().length, 1);
});

t.test('what a key is good for can be asked', { timeout: 60_000 }, async (t) => {
  await using running = await startServer();
  const about = async (key: string) => {
    const answer = await fetch(`http://127.0.0.1:${running.port}/v1/about`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const { status, body } = await about(testApiKey);
  t.equal(status, 200);
  t.match(body, { tenant: 'default', scopes: ['talk', 'observe', 'memory', 'admin'], memory: false });
  t.ok((body['voices'] as string[]).includes(String(body['voice'])));
  t.ok((body['models'] as unknown[]).length > 0);
  t.match(await about('wrong'), { status: 401, body: { error: { code: 'UNAUTHORIZED' } } });
});
