/**
 * Lost audio as silence: how much, where, and what is left alone.
 */
import t from 'tap';
import { GapFiller } from '../../../src/audio/gap-filler.js';

const frame = (startSample: number, sampleCount = 160, sampleRateHz = 8_000) => ({
  samples: new Float32Array(sampleCount).fill(0.5),
  sampleRateHz,
  startSample,
});
const spans = (frames: readonly { startSample: number; samples: Float32Array }[]) =>
  frames.map(({ startSample, samples }) => [startSample, samples.length, samples[0]]);

t.test('a hole becomes silence of its length', (t) => {
  const gaps = new GapFiller({ longestFillMs: 2_000 });
  t.same(spans(gaps.fill(frame(320))), [[320, 160, 0.5]], 'a stream may begin anywhere');
  t.same(spans(gaps.fill(frame(480))), [[480, 160, 0.5]]);
  t.same(spans(gaps.fill(frame(960))), [
    [640, 320, 0],
    [960, 160, 0.5],
  ]);
  t.same(spans(gaps.fill(frame(1_120))), [[1_120, 160, 0.5]]);
  t.end();
});

t.test('a long hole is filled at its end alone', (t) => {
  const gaps = new GapFiller({ longestFillMs: 100 });
  gaps.fill(frame(0));
  t.same(spans(gaps.fill(frame(80_000))), [
    [79_200, 800, 0],
    [80_000, 160, 0.5],
  ]);
  t.end();
});

t.test('a change of rate at the same moment and a step back are no holes', (t) => {
  const gaps = new GapFiller({ longestFillMs: 100 });
  gaps.fill(frame(0));
  t.equal(gaps.fill(frame(321, 320, 16_000)).length, 1);
  t.equal(gaps.fill(frame(0, 320, 16_000)).length, 1);
  t.end();
});
