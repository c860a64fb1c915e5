/**
 * A call between a transport in memory and a session of scripted stages: what is left when the client goes at a bad moment.
 */
import t from 'tap';
import { isCancelled } from '../../../src/core/errors.js';
import type { Protocol } from '../../../src/protocols/protocol.js';
import { openSession, serveCall, type CallOptions } from '../../../src/server/call.js';
import { CallControls } from '../../../src/server/call-controls.js';
import { defaultSessionLimits } from '../../../src/session/session-limits.js';
import { FakeAbilities } from '../../support/fake-abilities.js';
import { MemoryTransport } from '../../support/memory-transport.js';
import { tenantsOfKeys } from '../../support/tenants.js';

t.test('a codec whose client is gone in the middle of a sentence is told of the end all the same, once', async (t) => {
  for (const lastHeard of ['session.ready', 'reply.started', 'reply.audio', 'session.ended']) {
    const fakes = new FakeAbilities({});
    const told: string[] = [];
    const watched: string[] = [];
    const transport = new MemoryTransport(() => undefined);
    const protocol: Protocol = {
      name: 'test',
      decode: () => [],
      encode: ({ type }) => {
        told.push(type);
        if (type === lastHeard) transport.leave();
        return [type];
      },
    };
    const calls: CallOptions = {
      controls: new CallControls(),
      comfortNoiseDbov: null,
      abilities: () => fakes.abilities,
      memory: () => null,
      recordedModels: () => [],
      limits: defaultSessionLimits,
      listener: () => null,
      observers: () => [({ type }) => watched.push(type)],
    };
    const tenant = tenantsOfKeys().all[0]!;
    const session = openSession(calls, { id: 'sess_1', tenant, patch: { greeting: 'Good day to you.' } });
    const { signal } = new AbortController();
    const served = serveCall(
      calls,
      { protocol, session },
      { transport, request: { tenant, draining: signal }, signal },
    );
    const settled = served.catch((error: unknown) => {
      if (!isCancelled(error)) throw error;
    });
    await fakes.clock.advance(500);
    transport.leave();
    await fakes.clock.advance(5_000);
    await settled;
    for (const list of [told, watched]) {
      t.equal(list.filter((type) => type === 'session.ended').length, 1, lastHeard);
      t.equal(list.at(-1), 'session.ended');
    }
    t.same(fakes.clock.pendingDelaysMs, []);
  }
});
