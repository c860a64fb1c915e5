/**
 * Log-mel features against numbers computed with numpy (training/stt/golden_mel.py), and streaming against batch.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { frameCountOf, logMel, LogMelStream, melBandCount } from '../../../src/dsp/mel.js';
import { deterministicNoise } from './synthetic-voice.js';

interface GoldenMel {
  readonly samples: number;
  readonly firstSamples: readonly number[];
  readonly frames: readonly (readonly number[])[];
}

const golden = JSON.parse(readFileSync(new URL('../../golden/mel-80.json', import.meta.url), 'utf8')) as GoldenMel;

function goldenSignal(): Float32Array {
  const noise = deterministicNoise(golden.samples);
  return noise.map((_, n) => {
    const tone = (hz: number): number => Math.sin((2 * Math.PI * hz * n) / 16_000);
    return 0.3 * tone(220) + 0.2 * tone(1234.5) + 0.1 * tone(5600) + 0.05 * noise[n]!;
  });
}

t.test('agrees with the golden frames', async (t) => {
  const signal = goldenSignal();
  for (const [n, expected] of golden.firstSamples.entries()) {
    t.ok(Math.abs(signal[n]! - expected) < 1e-7, `sample ${n} is the golden one`);
  }
  const { data } = logMel(signal);
  let largest = 0;
  golden.frames.forEach((frame, index) => {
    frame.forEach((value, band) => {
      largest = Math.max(largest, Math.abs(value - data[index * melBandCount + band]!));
    });
  });
  t.ok(largest < 1e-4, `largest difference ${largest}`);
});

t.test('counts only whole frames', async (t) => {
  for (const [samples, frames] of [
    [0, 0],
    [399, 0],
    [400, 1],
    [559, 1],
    [560, 2],
    [16_000, 98],
  ] as const) {
    t.equal(frameCountOf(samples), frames, `${samples} samples`);
    t.equal(logMel(new Float32Array(samples)).frames, frames);
  }
});

t.test('silence is the floor', async (t) => {
  const { data } = logMel(new Float32Array(400));
  t.ok(data.every((value) => Math.abs(value - Math.log(1e-10)) < 1e-5));
});

for (const pieceSamples of [1, 160, 333, 1600, 5000]) {
  t.test(`pieces of ${pieceSamples} samples give the same as one`, async (t) => {
    const samples = goldenSignal();
    const stream = new LogMelStream();
    const received: number[] = [];
    for (let at = 0; at < samples.length; at += pieceSamples) {
      received.push(...stream.accept(samples.subarray(at, at + pieceSamples)));
    }
    t.same(received, Array.from(logMel(samples).data));
  });
}

t.test('a reset stream starts again at frame 0', async (t) => {
  const samples = goldenSignal();
  const stream = new LogMelStream();
  stream.accept(samples.subarray(0, 700));
  stream.reset();
  t.same(Array.from(stream.accept(samples)), Array.from(logMel(samples).data));
});
