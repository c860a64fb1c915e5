/**
 * Sound of replies: when it begins, where it stands, and what is known when it is broken off.
 */
import t from 'tap';
import { JitterBuffer } from '../../../src/client/jitter-buffer.js';

/** One sample a millisecond, so that samples read as time. */
const sampleRateHz = 1_000;

function pull(buffer: JitterBuffer, count: number): readonly number[] {
  const output = new Float32Array(count).fill(9);
  buffer.pull(output);
  return [...output];
}

/** Samples with the values first, first + 1, … */
function ramp(first: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => first + index);
}

t.test('plays once enough is in store, and counts what left', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 10 });
  t.equal(buffer.current, null);
  buffer.push('a', ramp(1, 9));
  t.same(pull(buffer, 4), [0, 0, 0, 0], 'nine are not ten');
  t.match(buffer.current, { itemId: 'a', playedSamples: 0, receivedSamples: 9 });
  buffer.push('a', ramp(10, 3));
  t.same(pull(buffer, 4), [1, 2, 3, 4]);
  t.same(pull(buffer, 7), [5, 6, 7, 8, 9, 10, 11], 'across the seam of two pushes');
  t.match(buffer.current, { playedSamples: 11, receivedSamples: 12 });
  t.equal(buffer.bufferedSamples, 1);
});

t.test('a short item does not wait for more, and is reported as finished once', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 10 });
  buffer.push('a', ramp(1, 3));
  buffer.end('a');
  t.same(pull(buffer, 5), [1, 2, 3, 0, 0]);
  t.same(buffer.takeFinished(), [{ itemId: 'a', playedSamples: 3, receivedSamples: 3 }]);
  t.same(buffer.takeFinished(), []);
  t.equal(buffer.current, null);
  t.equal(buffer.gapCount, 0);
});

t.test('the next item follows without a gap, and its sound ends the one before', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 2 });
  buffer.push('a', ramp(1, 3));
  buffer.push('b', ramp(11, 3));
  t.same(pull(buffer, 5), [1, 2, 3, 11, 12]);
  t.same(buffer.takeFinished(), [{ itemId: 'a', playedSamples: 3, receivedSamples: 3 }]);
  t.match(buffer.current, { itemId: 'b', playedSamples: 2 });
});

t.test('a gap of the network raises the store, a longer pause does not', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 10, maxStartMs: 35 });
  const runDry = (silentSamples: number): number => {
    buffer.push('a', ramp(0, 100));
    pull(buffer, 100 + silentSamples);
    // How much must come until it plays again.
    for (let count = 1; ; count += 1) {
      buffer.push('a', Float32Array.of(5));
      if (pull(buffer, 1)[0] === 5) {
        pull(buffer, count - 1);
        return count;
      }
    }
  };
  t.equal(runDry(500), 10);
  t.equal(runDry(50), 10, 'the pause before changed nothing');
  t.equal(runDry(50), 30, 'the gap before did');
  t.equal(runDry(50), 35, 'never more than the limit');
  t.equal(buffer.gapCount, 4);
});

t.test('running dry at the end of an item is no gap', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 1 });
  buffer.push('a', ramp(1, 4));
  pull(buffer, 10);
  buffer.end('a');
  pull(buffer, 10);
  t.equal(buffer.gapCount, 0);
  t.same(buffer.takeFinished(), [{ itemId: 'a', playedSamples: 4, receivedSamples: 4 }]);
});

t.test('broken off, it says exactly what left, and fades instead of clicking', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 1 });
  buffer.push('a', new Float32Array(50).fill(1));
  buffer.push('b', new Float32Array(20).fill(1));
  pull(buffer, 10);
  const cut = buffer.clear();
  t.same(cut, [
    { itemId: 'a', playedSamples: 14, receivedSamples: 50 },
    { itemId: 'b', playedSamples: 0, receivedSamples: 20 },
  ]);
  t.same(pull(buffer, 6), [0.75, 0.5, 0.25, 0, 0, 0], 'the four samples of the fade are counted as played');
  t.equal(buffer.bufferedSamples, 0);
  t.same(buffer.clear(), [], 'nothing is left to break off');
});

t.test('broken off before it began, nothing was heard', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 30 });
  buffer.push('a', ramp(1, 20));
  pull(buffer, 10);
  t.same(buffer.clear(), [{ itemId: 'a', playedSamples: 0, receivedSamples: 20 }]);
  t.same(pull(buffer, 2), [0, 0]);
});

t.test('sound beyond the capacity is dropped and counted', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 1, capacityMs: 10 });
  buffer.push('a', ramp(1, 8));
  buffer.push('a', ramp(9, 8));
  t.equal(buffer.droppedSamples, 6);
  t.match(buffer.current, { receivedSamples: 10 });
  pull(buffer, 10);
  buffer.push('a', ramp(1, 4));
  t.equal(buffer.droppedSamples, 6, 'there is room again');
});

t.test('paused it is silent and keeps what comes; resumed it goes on at the sample', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 2 });
  buffer.push('a', ramp(1, 20));
  pull(buffer, 4);
  buffer.pause();
  buffer.pause();
  t.equal(pull(buffer, 8).slice(4).join(), '0,0,0,0', 'a short fade, then nothing');
  buffer.push('a', ramp(21, 5));
  t.same(pull(buffer, 4), [0, 0, 0, 0]);
  t.equal(buffer.gapCount, 0, 'a pause is no gap');
  buffer.resume();
  t.same(pull(buffer, 18), [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 0]);
});

t.test('what is cleared while paused is gone, and the next item plays', async (t) => {
  const buffer = new JitterBuffer({ sampleRateHz, startMs: 2 });
  buffer.push('a', ramp(1, 20));
  pull(buffer, 4);
  buffer.pause();
  pull(buffer, 4);
  t.match(buffer.clear(), [{ itemId: 'a', playedSamples: 8, receivedSamples: 20 }]);
  buffer.push('b', ramp(1, 3));
  t.same(pull(buffer, 3), [1, 2, 3]);
});
