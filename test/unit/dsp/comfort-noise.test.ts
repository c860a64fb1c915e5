/**
 * Noise at the level that was asked for, without a voice of its own.
 */
import t from 'tap';
import { ComfortNoise } from '../../../src/dsp/comfort-noise.js';
import { HoldTone } from '../../../src/dsp/hold-tone.js';

const rmsDb = (samples: Float32Array): number =>
  10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

t.test('the level holds, whatever the blocks', async (t) => {
  for (const levelDbov of [-40, -55, -70]) {
    const noise = new ComfortNoise({ levelDbov, seed: 7 });
    const blocks = Array.from({ length: 50 }, (_, index) => noise.next(320 + index));
    for (const block of blocks) t.ok(Math.abs(rmsDb(block) - levelDbov) < 2, `${levelDbov} dBov`);
    const whole = Float32Array.from(blocks.flatMap((block) => [...block]));
    t.ok(Math.abs(rmsDb(whole) - levelDbov) < 0.3, `${rmsDb(whole)} of ${levelDbov} dBov`);
  }
  t.same(new ComfortNoise({ levelDbov: -50, seed: 1 }).next(8), new ComfortNoise({ levelDbov: -50, seed: 1 }).next(8));
});

t.test('the tone of waiting comes every five seconds, softly, without a click', async (t) => {
  const tone = new HoldTone({ sampleRateHz: 16_000 });
  const samples = Float32Array.from([...tone.next(70_000), ...tone.next(90_000)]);
  const peakBetween = (fromMs: number, toMs: number): number =>
    samples.subarray(16 * fromMs, 16 * toMs).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  t.ok(Math.abs(peakBetween(0, 300) - 0.03) < 0.001);
  t.equal(peakBetween(300, 5_000), 0);
  t.ok(peakBetween(5_000, 5_300) > 0.029);
  const largestStep = samples.reduce(
    (most, sample, at) => Math.max(most, Math.abs(sample - (samples[at - 1] ?? 0))),
    0,
  );
  t.ok(largestStep < 0.006);
});
