/**
 * Statistics of an utterance's frames, on frames made by hand.
 */
import t from 'tap';
import { functionalCount, voiceFunctionals } from '../../../../src/stages/emotion/voice-functionals.js';

const width = 83;
/** Places of the values that the tests look at: after seven groups of 20 begin five levels, then seven of pitch. */
const at = { relativeMean: 0, bandDeviation: 40, slowChange: 80, level: 104, pitchMedian: 107, pitchDeviation: 110 };

/** Frames whose 80 bands are `level(frame)` plus `tilt` for the upper half; voiced at `pitch(frame)`, 0 unvoiced. */
function frames(count: number, level: (frame: number) => number, pitch: (frame: number) => number, tilt = 0) {
  const data = new Float32Array(count * width);
  for (let frame = 0; frame < count; frame += 1) {
    for (let band = 0; band < 80; band += 1) data[frame * width + band] = level(frame) + (band >= 40 ? tilt : 0);
    data[frame * width + 80] = pitch(frame);
    data[frame * width + 81] = pitch(frame) > 0 ? 1 : 0;
    data[frame * width + 82] = 0.5;
  }
  return data;
}

t.test('an even voice has its level and pitch and no movement', async (t) => {
  const values = voiceFunctionals(
    frames(
      100,
      () => -4,
      () => 12,
    ),
    100,
    width,
  );
  t.equal(values.length, functionalCount);
  t.equal(values[at.level], -4);
  t.equal(values[at.pitchMedian], 12);
  t.equal(values[at.pitchDeviation], 0);
  t.equal(values[at.slowChange], 0);
  t.notOk(values.some(Number.isNaN));
});

t.test('a louder recording moves the level and nothing that is relative to it', async (t) => {
  const quiet = voiceFunctionals(
    frames(
      90,
      (frame) => Math.sin(frame),
      () => 9,
      3,
    ),
    90,
    width,
  );
  const loud = voiceFunctionals(
    frames(
      90,
      (frame) => Math.sin(frame) + 5,
      () => 9,
      3,
    ),
    90,
    width,
  );
  const moved = Array.from(quiet, (value, index) => Math.abs(loud[index]! - value) > 1e-4);
  t.same(
    moved.flatMap((is, index) => (is ? [index] : [])),
    [at.level],
  );
});

t.test('more energy above shows in the relative bands', async (t) => {
  const tilted = voiceFunctionals(
    frames(
      50,
      () => 0,
      () => 0,
      2,
    ),
    50,
    width,
  );
  t.equal(tilted[at.relativeMean], -1);
  t.equal(tilted[at.relativeMean + 19], 1);
});

t.test('a moving voice deviates and changes', async (t) => {
  const values = voiceFunctionals(
    frames(
      120,
      (frame) => 3 * Math.sin(frame / 5),
      (frame) => 10 + 2 * Math.sin(frame / 9),
    ),
    120,
    width,
  );
  t.ok(values[at.bandDeviation]! > 1.5);
  t.ok(values[at.slowChange]! > 1);
  t.ok(values[at.pitchDeviation]! > 1);
});

t.test('whispered and very short utterances give numbers', async (t) => {
  for (const count of [1, 2, 7, 30]) {
    const values = voiceFunctionals(
      frames(
        count,
        (frame) => frame,
        () => 0,
      ),
      count,
      width,
    );
    t.ok(values.every(Number.isFinite), `${count} frames`);
  }
});
