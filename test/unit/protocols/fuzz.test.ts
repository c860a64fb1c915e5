/**
 * A short run of the fuzzer for every protocol; `npm run fuzz` makes a long one.
 */
import t from 'tap';
import { platforms } from '../../support/platforms.js';
import { fuzzProtocol } from '../../support/wire-fuzzer.js';

for (const platform of platforms('key')) {
  t.test(platform.name, async (t) => {
    const report = await fuzzProtocol(platform, { count: 3_000, seed: 20_260 });
    t.ok(report.events > 100, `${report.events} events got through`);
    t.ok(report.refused > 50, `${report.refused} messages were refused`);
    t.ok(report.sent > 0, `${report.sent} messages went back`);
  });
}

t.test('the fuzzer sees a crash and a timer left behind', async (t) => {
  const [platform] = platforms('key');
  const broken = {
    ...platform!,
    codec: () => ({
      name: 'x',
      encode: () => [],
      decode: () => {
        throw new TypeError('crash');
      },
    }),
  };
  await t.rejects(fuzzProtocol(broken, { count: 10, seed: 1 }), TypeError);
});
