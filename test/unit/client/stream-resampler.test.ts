/**
 * The browser's resampler against tones whose values are known, and against itself in pieces.
 */
import t from 'tap';
import { StreamResampler } from '../../../src/client/stream-resampler.js';

function tone(frequencyHz: number, rateHz: number, sampleCount: number): Float32Array {
  return Float32Array.from({ length: sampleCount }, (_, index) =>
    Math.sin((2 * Math.PI * frequencyHz * index) / rateHz),
  );
}

/** Largest deviation, the beginning left out, where the stream comes out of silence. */
function deviation(actual: Float32Array, expected: Float32Array): number {
  return actual.slice(60).reduce((most, sample, index) => Math.max(most, Math.abs(sample - expected[index + 60]!)), 0);
}

for (const [sourceRateHz, targetRateHz] of [
  [48_000, 24_000],
  [44_100, 24_000],
  [16_000, 24_000],
  [24_000, 48_000],
  [24_000, 44_100],
] as const) {
  t.test(`${sourceRateHz} → ${targetRateHz} Hz`, async (t) => {
    const output = new StreamResampler({ sourceRateHz, targetRateHz }).process(tone(1_000, sourceRateHz, sourceRateHz));
    t.ok(Math.abs(output.length - targetRateHz) < 40, `a second is a second: ${output.length} samples`);
    const off = deviation(output, tone(1_000, targetRateHz, output.length));
    t.ok(off < 0.004, `a tone of 1 kHz stays one, ${off}`);
  });
}

t.test('what the target cannot hold is taken away instead of folded down', async (t) => {
  const output = new StreamResampler({ sourceRateHz: 48_000, targetRateHz: 24_000 }).process(
    tone(15_000, 48_000, 9_600),
  );
  const loudest = output.slice(60).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  t.ok(loudest < 0.002, `${loudest}`);
});

t.test('pieces give the same as the whole', async (t) => {
  const rates = { sourceRateHz: 44_100, targetRateHz: 24_000 };
  const input = tone(700, 44_100, 4_410);
  const whole = new StreamResampler(rates).process(input);
  const stream = new StreamResampler(rates);
  const pieces: number[] = [];
  for (let start = 0; start < input.length; start += 128)
    pieces.push(...stream.process(input.subarray(start, start + 128)));
  t.same(pieces, [...whole]);
});

t.test('equal rates pass through, as a copy', async (t) => {
  const input = tone(440, 24_000, 10);
  const output = new StreamResampler({ sourceRateHz: 24_000, targetRateHz: 24_000 }).process(input);
  t.same(output, input);
  t.not(output, input);
});
