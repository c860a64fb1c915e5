/**
 * Segments from speech probabilities: the turn machine's hysteresis, one window of 32 ms each.
 */
import t from 'tap';
import { segmentsOf, type SpeechSegment } from '../../../src/cli/speech-segments.js';

const run = (probability: number, count: number): readonly number[] => Array.from({ length: count }, () => probability);
const windows = (startWindow: number, endWindow: number): SpeechSegment => ({
  startMs: 32 * startWindow,
  endMs: 32 * endWindow,
});

const table: readonly (readonly [string, readonly number[], readonly SpeechSegment[]])[] = [
  ['silence', run(0.1, 100), []],
  ['nothing', [], []],
  ['one stretch', [...run(0, 10), ...run(0.9, 20), ...run(0, 10)], [windows(10, 30)]],
  ['a click is no speech', [...run(0, 10), ...run(0.9, 2), ...run(0, 10)], []],
  ['a short pause does not part', [...run(0.9, 10), ...run(0, 5), ...run(0.9, 10), ...run(0, 10)], [windows(0, 25)]],
  [
    'a long pause parts',
    [...run(0.9, 10), ...run(0, 6), ...run(0.9, 10), ...run(0, 10)],
    [windows(0, 10), windows(16, 26)],
  ],
  ['in between keeps what was', [...run(0.9, 10), ...run(0.4, 20), ...run(0.9, 5), ...run(0, 10)], [windows(0, 35)]],
  ['in between does not begin', [...run(0.4, 50)], []],
  ['speech to the end', [...run(0, 5), ...run(0.9, 10)], [windows(5, 15)]],
  ['a pause at the end is none of it', [...run(0.9, 10), ...run(0, 3)], [windows(0, 10)]],
];

t.test('segments of windows', async (t) => {
  for (const [what, probabilities, expected] of table) t.same(segmentsOf(probabilities, 192), expected, what);
});

t.test('the least pause is the caller’s choice', async (t) => {
  const probabilities = [...run(0.9, 10), ...run(0, 10), ...run(0.9, 10), ...run(0, 20)];
  t.same(segmentsOf(probabilities, 640), [windows(0, 30)]);
  t.same(segmentsOf(probabilities, 320), [windows(0, 10), windows(20, 30)]);
});
