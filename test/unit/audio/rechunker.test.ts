/** Windows of one size out of frames of any size, with places and gaps. */
import t from 'tap';
import { Rechunker, type AudioWindow } from '../../../src/audio/rechunker.js';

/** Samples whose values are their positions, so a splice shows. */
function frame(startSample: number, sampleCount: number): { samples: Float32Array; startSample: number } {
  return { samples: Float32Array.from({ length: sampleCount }, (_, index) => startSample + index), startSample };
}

function shape(window: AudioWindow): readonly unknown[] {
  return [window.startSample, [...window.samples], window.afterGap];
}

t.test('frames smaller, larger and equal to the window', async (t) => {
  for (const frameSamples of [1, 3, 4, 10]) {
    const rechunker = new Rechunker({ windowSamples: 4 });
    const windows: AudioWindow[] = [];
    for (let at = 0; at < 20; at += frameSamples)
      windows.push(...rechunker.push(frame(at, Math.min(frameSamples, 20 - at))));
    t.strictSame(
      windows.map((window) => window.startSample),
      [0, 4, 8, 12, 16],
      `frames of ${frameSamples}`,
    );
    t.strictSame(
      windows.flatMap((window) => [...window.samples]),
      [...frame(0, 20).samples],
    );
    t.notOk(windows.some((window) => window.afterGap));
  }
});

t.test('a gap discards the begun window and marks the next one only', async (t) => {
  const rechunker = new Rechunker({ windowSamples: 4 });
  t.strictSame(rechunker.push(frame(0, 6)).map(shape), [[0, [0, 1, 2, 3], false]]);
  t.strictSame(rechunker.push(frame(100, 9)).map(shape), [
    [100, [100, 101, 102, 103], true],
    [104, [104, 105, 106, 107], false],
  ]);
});

t.test('a step back is a gap as well', async (t) => {
  const rechunker = new Rechunker({ windowSamples: 4 });
  rechunker.push(frame(50, 4));
  t.strictSame(rechunker.push(frame(10, 4)).map(shape), [[10, [10, 11, 12, 13], true]]);
});

t.test('flush fills the last window with zeros and lets a new stream begin anywhere', async (t) => {
  const rechunker = new Rechunker({ windowSamples: 4 });
  rechunker.push(frame(4, 6));
  t.strictSame(shape(rechunker.flush()!), [8, [8, 9, 0, 0], false]);
  t.equal(rechunker.flush(), undefined);
  t.strictSame(rechunker.push(frame(77, 4)).map(shape), [[77, [77, 78, 79, 80], false]]);
});

t.test('windows are the caller’s own', async (t) => {
  const rechunker = new Rechunker({ windowSamples: 2 });
  const [first] = rechunker.push(frame(0, 2));
  const [second] = rechunker.push(frame(2, 2));
  first!.samples.fill(9);
  t.strictSame([...second!.samples], [2, 3]);
});
