/** The last seconds of a stream by position. */
import t from 'tap';
import { SampleRing } from '../../../src/audio/sample-ring.js';

function frame(startSample: number, sampleCount: number): { samples: Float32Array; startSample: number } {
  return { samples: Float32Array.from({ length: sampleCount }, (_, index) => startSample + index), startSample };
}

function ring(): SampleRing {
  return new SampleRing({ sampleRateHz: 16_000, capacitySamples: 8 });
}

t.test('keeps the newest and tells what it cut', async (t) => {
  const held = ring();
  for (let at = 100; at < 115; at += 3) held.append(frame(at, 3));
  t.equal(held.startSample, 107);
  t.equal(held.endSample, 115);
  const cut = held.slice({ startSample: 0, endSample: 110 });
  t.strictSame([cut.startSample, [...cut.samples], cut.sampleRateHz], [107, [107, 108, 109], 16_000]);
  t.strictSame([...held.slice({ startSample: 112, endSample: 999 }).samples], [112, 113, 114]);
});

t.test('a span outside or inverted is empty', async (t) => {
  const held = ring();
  held.append(frame(10, 4));
  t.equal(held.slice({ startSample: 0, endSample: 5 }).samples.length, 0);
  t.equal(held.slice({ startSample: 20, endSample: 30 }).samples.length, 0);
  t.equal(held.slice({ startSample: 13, endSample: 11 }).samples.length, 0);
  t.equal(ring().slice({ startSample: 0, endSample: 5 }).samples.length, 0);
});

t.test('lost audio reads as zeros, positions hold', async (t) => {
  const held = ring();
  held.append(frame(10, 3));
  held.append(frame(15, 2));
  t.strictSame([...held.slice({ startSample: 10, endSample: 17 }).samples], [10, 11, 12, 0, 0, 15, 16]);
});

t.test('a jump beyond the ring and a step back start anew', async (t) => {
  const held = ring();
  held.append(frame(10, 3));
  held.append(frame(500, 2));
  t.strictSame([held.startSample, held.endSample], [500, 502]);
  held.append(frame(20, 2));
  t.strictSame([held.startSample, held.endSample], [20, 22]);
  t.strictSame([...held.slice({ startSample: 0, endSample: 99 }).samples], [20, 21]);
});

t.test('a frame longer than the ring leaves its end', async (t) => {
  const held = ring();
  held.append(frame(0, 30));
  t.strictSame([...held.slice({ startSample: 0, endSample: 30 }).samples], [22, 23, 24, 25, 26, 27, 28, 29]);
  held.clear();
  t.equal(held.endSample - held.startSample, 0);
});
