/**
 * The HTTP side and the admission of calls over real sockets.
 */
import t, { type Test } from 'tap';
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { AttuneError } from '../../src/core/errors.js';
import { silentLogger } from '../../src/core/logger.js';
import { SystemClock } from '../../src/core/system-clock.js';
import type { Endpoint } from '../../src/server/endpoint.js';
import { Readiness } from '../../src/server/health.js';
import { HttpServer, type HttpServerOptions } from '../../src/server/http-server.js';
import { PrometheusMetrics } from '../../src/server/prometheus-metrics.js';
import { requestUpgrade } from '../support/raw-websocket.js';
import { accessOf, tenantsOfKeys } from '../support/tenants.js';
import { credentialOf } from '../../src/server/auth.js';

const echo: Endpoint = {
  name: 'echo',
  path: '/v1/realtime',
  credentialOf,
  subprotocols: ['realtime'],
  async serve(transport, request) {
    for await (const message of transport.messages) {
      if (message === 'fail') throw new AttuneError('INFERENCE_FAILED', 'on request');
      if (message === 'break') throw new TypeError('not foreseen');
      if (message === 'bye') return;
      await transport.send(message === 'query' ? (request.query.get('model') ?? '') : message);
    }
  },
};

async function serverFor(t: Test, options: Partial<HttpServerOptions> = {}) {
  const readiness = new Readiness();
  const metrics = new PrometheusMetrics();
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    access: accessOf(tenantsOfKeys(), { clock: new SystemClock() }),
    onKeyRefused: () => undefined,
    maxCalls: 10,
    maxMessageBytes: 1_000,
    endpoints: [echo],
    readiness,
    load: { level: 0 },
    exposition: metrics,
    parts: () => [],
    clock: new SystemClock(),
    logger: silentLogger,
    metrics,
    ...options,
  });
  const port = await server.listen();
  t.teardown(async () => {
    await server[Symbol.asyncDispose]();
    metrics.dispose();
  });
  return { server, readiness, metrics, port };
}

async function dial(port: number, protocols: readonly string[] = [], options: ClientOptions = {}): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/realtime?model=m1`, [...protocols], options);
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, message: string | Uint8Array): Promise<unknown> {
  socket.send(message);
  const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  return isBinary ? data : data.toString('utf8');
}

async function closeOf(socket: WebSocket): Promise<readonly [number, string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString('utf8')];
}

async function get(port: number, path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

t.test('health answers always, readiness only between loading and draining', async (t) => {
  const { port, readiness } = await serverFor(t);
  const health = await get(port, '/health');
  t.equal(health.status, 200);
  t.match(JSON.parse(health.text), { status: 'ok', version: /^\d+\.\d+\.\d+/, state: 'starting', calls: 0 });
  t.equal((await get(port, '/ready')).status, 503);
  readiness.ready();
  t.equal((await get(port, '/ready')).status, 200);
  readiness.drain();
  t.equal((await get(port, '/ready')).status, 503);
  t.equal((await get(port, '/health')).status, 200);
  readiness.ready();
  t.equal(readiness.state, 'draining', 'nothing brings a draining server back');
});

t.test('metrics are exposed with the process and the event loop', async (t) => {
  const { port, metrics } = await serverFor(t);
  metrics.observe('turn_latency_ms', 42, { step: 'stt' });
  const { status, text, headers } = await get(port, '/metrics');
  t.equal(status, 200);
  t.match(headers.get('content-type'), /^text\/plain/);
  t.match(text, 'attune_turn_latency_ms_bucket{le="50",step="stt"} 1');
  t.match(text, 'attune_event_loop_delay_p99_ms');
  t.match(text, 'process_resident_memory_bytes');
});

t.test('everything else is a typed error', async (t) => {
  const { port } = await serverFor(t);
  const cases: readonly (readonly [method: string, path: string, status: number])[] = [
    ['GET', '/', 404],
    ['GET', '//', 404],
    ['GET', '/health/more', 404],
    ['POST', '/health', 404],
    ['GET', '/v1/realtime', 426],
  ];
  for (const [method, path, status] of cases) {
    const answer = await get(port, path, method);
    t.equal(answer.status, status, `${method} ${path}`);
    t.match(JSON.parse(answer.text), { error: { code: 'NOT_FOUND', type: 'invalid_request_error' } });
  }
});

t.test('a port that is taken is named', async (t) => {
  const { port } = await serverFor(t);
  const second = new HttpServer({
    host: '127.0.0.1',
    port,
    access: accessOf(tenantsOfKeys(), { clock: new SystemClock() }),
    onKeyRefused: () => undefined,
    maxCalls: 1,
    maxMessageBytes: 1_000,
    endpoints: [],
    readiness: new Readiness(),
    load: { level: 0 },
    exposition: { contentType: 'text/plain', text: async () => '' },
    parts: () => [],
    clock: new SystemClock(),
    logger: silentLogger,
    metrics: new PrometheusMetrics(),
  });
  await t.rejects(second.listen(), { code: 'PORT_IN_USE', field: 'port' });
});

t.test('messages go both ways, text as text and bytes as bytes', async (t) => {
  const { port, readiness } = await serverFor(t);
  readiness.ready();
  const socket = await dial(port);
  t.equal(await ask(socket, 'hällo'), 'hällo');
  t.same(await ask(socket, new Uint8Array([0, 255])), Buffer.from([0, 255]));
  t.equal(await ask(socket, 'query'), 'm1');
  socket.send('bye');
  t.same(await closeOf(socket), [1000, '']);
});

t.test('who may not call is refused before the upgrade', async (t) => {
  const { port, readiness, metrics } = await serverFor(t, {
    access: accessOf(tenantsOfKeys('first-key', 'second-key'), { clock: new SystemClock() }),
    maxCalls: 1,
  });
  const upgrade = async (path: string, headers: Record<string, string> = {}) =>
    (await requestUpgrade({ port, path, headers })).answer;
  const good = { Authorization: 'Bearer second-key' };

  t.match(await upgrade('/v1/realtime', good), /^HTTP\/1\.1 503 [^]*SERVER_STARTING/);
  readiness.ready();
  t.match(await upgrade('/nowhere', good), /^HTTP\/1\.1 404 [^]*NOT_FOUND/);
  t.match(await upgrade('/v1/realtime'), /^HTTP\/1\.1 401 [^]*www-authenticate: Bearer[^]*UNAUTHORIZED/i);
  t.match(await upgrade('/v1/realtime', { Authorization: 'Bearer first-ke' }), /^HTTP\/1\.1 401 /);
  t.match(await upgrade('/v1/realtime', { 'api-key': 'third' }), /^HTTP\/1\.1 401 /);

  const socket = await dial(port, [], { headers: good });
  t.match(await upgrade('/v1/realtime', good), /^HTTP\/1\.1 503 [^]*retry-after: 1[^]*TOO_MANY_CALLS/i);
  socket.close();
  await once(socket, 'close');
  const text = await metrics.text();
  t.match(text, 'attune_calls_refused_total{code="TOO_MANY_CALLS"} 1');
  t.match(text, 'attune_calls_refused_total{code="UNAUTHORIZED"} 3');
});

t.test('a key may come in three ways, and the subprotocol that bears one is never answered', async (t) => {
  const { port, readiness } = await serverFor(t, {
    access: accessOf(tenantsOfKeys('k-1'), { clock: new SystemClock() }),
  });
  readiness.ready();
  const browser = await dial(port, ['realtime', 'openai-insecure-api-key.k-1', 'openai-agents-sdk.1.2.3']);
  t.equal(browser.protocol, 'realtime');
  const azure = await dial(port, [], { headers: { 'api-key': 'k-1' } });
  t.equal(azure.protocol, '', 'none offered, none answered');
  const bearer = await dial(port, [], { headers: { Authorization: 'bearer k-1' } });
  t.equal(await ask(bearer, 'x'), 'x');
});

t.test('a message over the limit ends its call with 1009 and no other', async (t) => {
  const { port, readiness } = await serverFor(t);
  readiness.ready();
  const large = await dial(port);
  const other = await dial(port);
  large.send('x'.repeat(2_000));
  t.equal((await closeOf(large))[0], 1009);
  t.equal(await ask(other, 'still here'), 'still here');
});

t.test('a call that fails is closed with 1011 and its code; the others go on', async (t) => {
  const { port, readiness, server, metrics } = await serverFor(t);
  readiness.ready();
  const [typed, untyped, other] = [await dial(port), await dial(port), await dial(port)];
  t.equal(server.callCount, 3);
  typed.send('fail');
  t.same(await closeOf(typed), [1011, 'INFERENCE_FAILED']);
  untyped.send('break');
  t.same(await closeOf(untyped), [1011, 'INTERNAL']);
  t.equal(await ask(other, 'x'), 'x');
  t.match(await metrics.text(), 'attune_calls_failed_total{code="INFERENCE_FAILED"} 1');
});

t.test('broken HTTP and broken frames harm nobody else', async (t) => {
  const { port, readiness } = await serverFor(t);
  readiness.ready();
  const good = await dial(port);
  const broken = await requestUpgrade({ port, path: '/v1/realtime' });
  t.match(broken.answer, /^HTTP\/1\.1 101 /);
  broken.socket.write(Buffer.from([0xff, 0xff, 0x00, 0x01]));
  await once(broken.socket, 'close');
  const rude = await requestUpgrade({ port, path: '/v1/realtime', headers: { 'Sec-WebSocket-Version': '1' } });
  t.match(rude.answer, /^HTTP\/1\.1 4\d\d /);
  t.equal(await ask(good, 'x'), 'x');
});
