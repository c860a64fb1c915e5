import t from 'tap';
import { EventEmitter } from 'node:events';
import { silentLogger } from '../../../src/core/logger.js';
import { silentMetrics } from '../../../src/core/metrics.js';
import type { WireMessage } from '../../../src/protocols/protocol.js';
import { CallRegistry } from '../../../src/server/call-registry.js';
import { drainOnSignal } from '../../../src/server/drain.js';
import type { CallRequest, Endpoint } from '../../../src/server/endpoint.js';
import type { Transport } from '../../../src/server/transport.js';
import { ManualClock } from '../../support/manual-clock.js';
import { tenantsOfKeys } from '../../support/tenants.js';

class SilentTransport implements Transport {
  readonly closings: (readonly [code: number, reason: string])[] = [];
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));

  get messages(): AsyncIterable<WireMessage> {
    return this.#read();
  }

  async send(): Promise<void> {}

  async close(code: number, reason: string): Promise<void> {
    this.closings.push([code, reason]);
    this.#end();
  }

  async *#read(): AsyncGenerator<WireMessage> {
    await this.#ended;
    yield* [];
  }
}

const request: Omit<CallRequest, 'draining'> = {
  id: 'conn_1',
  path: '/',
  tenant: tenantsOfKeys().all[0]!,
  broughtSession: null,
  query: new URLSearchParams(),
  headers: {},
  subprotocols: [],
  remoteAddress: '',
};

function endpoint(serve: Endpoint['serve']): Endpoint {
  return { name: 'test', path: '/', credentialOf: () => undefined, subprotocols: [], serve };
}

/** Waits for its peer and ignores every signal. */
const stubborn = endpoint(async (transport) => {
  for await (const _ of transport.messages) return;
});

/** Ends by itself a second after draining has begun, like a reply that finishes. */
const finishing = (clock: ManualClock) =>
  endpoint(async (_transport, { draining }, signal) => {
    await new Promise((resolve) => draining.addEventListener('abort', resolve, { once: true }));
    await clock.sleep(1_000, signal);
  });

function newRegistry() {
  const clock = new ManualClock();
  return { clock, registry: new CallRegistry({ clock, logger: silentLogger, metrics: silentMetrics }) };
}

t.test('a call that finishes in time is waited for', async (t) => {
  const { clock, registry } = newRegistry();
  const transport = new SilentTransport();
  registry.begin(finishing(clock), transport, request);
  t.equal(registry.count, 1);
  const drained = registry.drain({ timeoutMs: 10_000 });
  await clock.advance(999);
  t.equal(registry.count, 1);
  await clock.advance(1);
  await drained;
  t.equal(registry.count, 0);
  t.same(transport.closings[0], [1012, 'SERVER_DRAINING']);
  t.same(clock.pendingDelaysMs, [], 'the time limit is not left running');
});

t.test('a call that does not finish is ended when time is up', async (t) => {
  const { clock, registry } = newRegistry();
  const transport = new SilentTransport();
  registry.begin(stubborn, transport, request);
  const drained = registry.drain({ timeoutMs: 10_000 });
  await clock.advance(9_999);
  t.same(transport.closings, []);
  await clock.advance(1);
  await drained;
  t.same(transport.closings[0], [1012, 'SERVER_DRAINING']);
});

t.test('with nobody on the line draining ends at once', async (t) => {
  const { registry } = newRegistry();
  await registry.drain({ timeoutMs: 10_000 });
  t.equal(registry.count, 0);
});

t.test('hurry cuts the waiting short, before or after it begins', async (t) => {
  for (const early of [true, false]) {
    const { registry } = newRegistry();
    const transport = new SilentTransport();
    registry.begin(stubborn, transport, request);
    if (early) registry.hurry();
    const drained = registry.drain({ timeoutMs: 10_000 });
    if (!early) registry.hurry();
    await drained;
    t.same(transport.closings[0], [1012, 'SERVER_DRAINING'], early ? 'before' : 'after');
  }
});

t.test('the first signal drains, the second hurries, and no listener stays', async (t) => {
  const signals = new EventEmitter();
  const steps: string[] = [];
  let finish: () => void = () => undefined;
  const stopped = drainOnSignal(signals, {
    drain: () => {
      steps.push('drain');
      return new Promise((resolve) => (finish = resolve));
    },
    hurry: () => void steps.push('hurry'),
  });
  signals.emit('SIGTERM');
  signals.emit('SIGINT');
  t.same(steps, ['drain', 'hurry']);
  finish();
  t.equal(await stopped, 'SIGTERM');
  t.same([signals.listenerCount('SIGTERM'), signals.listenerCount('SIGINT')], [0, 0]);
});

t.test('a failure of draining is not swallowed', async (t) => {
  const signals = new EventEmitter();
  const stopped = drainOnSignal(signals, { drain: () => Promise.reject(new Error('stuck')), hurry: () => undefined });
  signals.emit('SIGINT');
  await t.rejects(stopped, { message: 'stuck' });
});
