/**
 * What is remembered, over HTTP: who may ask, what is answered, what is refused.
 */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { silentLogger } from '../../src/core/logger.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { EmotionalMemory } from '../../src/memory/emotional-memory.js';
import { LibsqlMemoryStore } from '../../src/memory/libsql-memory-store.js';
import { Vault } from '../../src/memory/vault.js';
import { Readiness } from '../../src/server/health.js';
import { HttpServer } from '../../src/server/http-server.js';
import { MemoryPages } from '../../src/server/memory-pages.js';
import { PrometheusMetrics } from '../../src/server/prometheus-metrics.js';
import { accessOf, tenantsOfKeys } from '../support/tenants.js';

const id = 'anna+home@example.com';
const path = `/v1/memory/people/${encodeURIComponent(id)}`;

async function serverFor(t: Test) {
  const clock = new SystemClock();
  const store = await LibsqlMemoryStore.open(join(t.testdir(), 'memory.db'), { clock });
  const memory = await EmotionalMemory.open({ store, vault: Vault.fromText(Vault.newKey()), clock });
  const access = accessOf(tenantsOfKeys('a-key'), { clock });
  const pages = new MemoryPages({ memory, access });
  const metrics = new PrometheusMetrics();
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    access,
    onKeyRefused: () => undefined,
    maxCalls: 1,
    maxMessageBytes: 1_000,
    endpoints: [],
    readiness: new Readiness(),
    load: { level: 0 },
    exposition: metrics,
    parts: () => [pages],
    clock,
    logger: silentLogger,
    metrics,
  });
  const port = await server.listen();
  t.teardown(async () => {
    await server[Symbol.asyncDispose]();
    await memory[Symbol.asyncDispose]();
    metrics.dispose();
  });
  const ask = async (
    method: string,
    where: string,
    options: { readonly body?: string; readonly key?: string } = {},
  ) => {
    const answer = await fetch(`http://127.0.0.1:${port}${where}`, {
      method,
      headers: { authorization: `Bearer ${options.key ?? 'a-key'}` },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  return { memory, ask };
}

t.test('consent is recorded, memory shown, exported and erased', async (t) => {
  const { memory, ask } = await serverFor(t);
  const given = await ask('PUT', `${path}/consent`, { body: '{"memory":"given"}' });
  t.same(given, { status: 200, body: { emotion: 'unknown', memory: 'given', recording: 'unknown' } });
  const turn = {
    atMs: Date.now(),
    label: 'angry' as const,
    arousal: 0.8,
    valence: 0.2,
    dominance: 0.5,
    confidence: 0.9,
    topics: ['refund'],
  };
  await memory.remember({ tenant: 'default', id }, turn);
  const shown = await ask('GET', path);
  t.match(shown.body, { rememberedTurns: 1, recollection: { reminder: 'Today the refund made them angry.' } });
  t.match((await ask('GET', `${path}/export`)).body, { turns: [turn], consent: { memory: 'given' }, voice: null });
  t.same((await ask('DELETE', path)).body, { erasedRecords: 2 });
  t.match((await ask('GET', path)).body, { rememberedTurns: 0, recollection: null, consent: { memory: 'unknown' } });
});

t.test('nobody gets in without a key, and nothing else lives there', async (t) => {
  const { ask } = await serverFor(t);
  t.match(await ask('GET', path, { key: 'guess' }), { status: 401, body: { error: { code: 'UNAUTHORIZED' } } });
  t.match(await ask('DELETE', path, { key: 'guess' }), { status: 401 });
  for (const [method, where] of [
    ['POST', path],
    ['GET', `${path}/secrets`],
    ['GET', `${path}/export/more`],
    ['GET', '/v1/memory/people/'],
    ['DELETE', `${path}/consent`],
  ] as const)
    t.match(await ask(method, where), { status: 404, body: { error: { code: 'NOT_FOUND' } } }, `${method} ${where}`);
});

t.test('bodies and ids that cannot be read are named', async (t) => {
  const { ask } = await serverFor(t);
  const put = (body: string) => ask('PUT', `${path}/consent`, { body });
  t.match(await put('{"memory":"perhaps"}'), {
    status: 400,
    body: { error: { code: 'invalid_value', param: 'memory' } },
  });
  t.match(await put('{'), { status: 400, body: { error: { param: 'body' } } });
  t.match(await put('{"mood":"given"}'), { status: 400 });
  t.match(await put(`{"memory":"${'x'.repeat(5_000)}"}`), { status: 400, body: { error: { param: 'body' } } });
  t.match(await ask('GET', '/v1/memory/people/%ff'), { status: 400, body: { error: { param: 'id' } } });
});
