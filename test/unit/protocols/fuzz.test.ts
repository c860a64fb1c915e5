/**
 * A short run of the fuzzer for every protocol, and what the fuzzer itself sees; `npm run fuzz` makes a long one.
 */
import t from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { ProtocolError, type Protocol } from '../../../src/protocols/protocol.js';
import { fuzzProtocol } from '../../fuzz/fuzz-protocol.js';
import { platforms, type Platform } from '../../support/platforms.js';

for (const platform of platforms('key')) {
  t.test(platform.name, async (t) => {
    const report = await fuzzProtocol(platform, { count: 3_000, seed: 20_260 });
    t.same(report.defects, []);
    t.ok(report.events > 100, `${report.events} events got through`);
    const refusedCount = Object.values(report.refused).reduce((sum, count) => sum + count, 0);
    t.ok(refusedCount > 50, `${refusedCount} messages were refused`);
    t.ok(report.sent > 0, `${report.sent} messages went back`);
    t.ok(Object.keys(report.closed).length > 0, 'calls were closed with a code');
  });
}

t.test('a call is the same whenever it is made', async (t) => {
  const run = (call: number): Promise<unknown> =>
    fuzzProtocol(platforms('key')[0]!, { count: 1_000_000, seed: 7, call }).then(
      ({ messages, events, sent, refused }) => ({
        messages,
        events,
        sent,
        refused,
      }),
    );
  const first = await run(3);
  await run(4);
  t.same(await run(3), first);
});

/** The wire of a platform with another codec behind it. */
function withCodec(codec: Partial<Protocol>): Platform {
  const [platform] = platforms('key');
  return { ...platform!, codec: () => ({ name: 'x', encode: () => [], decode: () => [], ...codec }) };
}

const faults: readonly { readonly name: string; readonly codec: Partial<Protocol>; readonly what: RegExp }[] = [
  {
    name: 'a crash of the decoder',
    codec: {
      decode: () => {
        throw new TypeError('crash');
      },
    },
    what: /^decode threw$/u,
  },
  {
    name: 'a crash that was taken for a mistake of the client',
    codec: {
      decode: () => {
        throw new ProtocolError(new AttuneError('invalid_event', 'x', { cause: new TypeError('crash') }), null);
      },
    },
    what: /taken for one of the client/u,
  },
  {
    name: 'a crash of the encoder',
    codec: {
      encode: ({ type }) => {
        if (type === 'session.ready') throw new RangeError('crash');
        return [];
      },
    },
    what: /^encode threw on session.ready$/u,
  },
  {
    name: 'a number that is none',
    codec: {
      decode: () => [{ type: 'playback.reached', itemId: 'x', playedMs: NaN, clientEventId: null }],
    },
    what: /playback\.reached with NaN ms/u,
  },
];

for (const { name, codec, what } of faults) {
  t.test(`the fuzzer sees ${name}`, async (t) => {
    const { defects } = await fuzzProtocol(withCodec(codec), { count: 600, seed: 1 });
    t.ok(
      defects.some((defect) => what.test(defect.what)),
      defects.map((defect) => defect.what).join('; '),
    );
  });
}
