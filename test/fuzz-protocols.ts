/**
 * npm run fuzz -- [messages per protocol] [seed] [protocol]
 */
import { platforms } from './support/platforms.js';
import { fuzzProtocol } from './support/wire-fuzzer.js';

const [count = '1000000', seed = '1', only] = process.argv.slice(2);

for (const platform of platforms('key').filter(({ name }) => only === undefined || name === only)) {
  const startedMs = performance.now();
  const report = await fuzzProtocol(platform, { count: Number(count), seed: Number(seed) });
  const heapMb = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  process.stdout.write(`${JSON.stringify({ protocol: platform.name, ...report, seconds, heapMb })}\n`);
}
