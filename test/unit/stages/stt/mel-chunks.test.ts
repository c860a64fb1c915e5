import t from 'tap';
import { logMel } from '../../../../src/dsp/mel.js';
import { MelChunks, silentEncoderFrames } from '../../../../src/stages/stt/mel-chunks.js';
import { seededRandom } from '../../../support/simulated-phones.js';

const random = seededRandom(4);
const samples = Float32Array.from({ length: 16_000 }, () => random() - 0.5);
const bands = 80;
const silentMel = 4 * silentEncoderFrames;

t.test(
  'chunks of any split are the whole recording’s frames between two silences, each chunk with the three frames before it',
  (t) => {
    const { frames, data } = logMel(samples);
    for (const piece of [160, 333, 16_000]) {
      const chunks = new MelChunks(8);
      const taken: Float32Array[] = [];
      for (let at = 0; at < samples.length; at += piece) {
        t.equal(chunks.hasWhole, false, 'all whole ones are taken');
        chunks.accept(samples.subarray(at, at + piece));
        t.equal(chunks.hasWhole, chunks.peek(0, 8) !== undefined);
        for (let chunk = chunks.take(); chunk; chunk = chunks.take()) taken.push(chunk);
      }
      const last = chunks.takeLast();
      t.equal(taken.length, Math.floor((silentMel + frames) / 32));
      t.ok(last.every(({ chunkFrames }) => chunkFrames === 8));
      t.equal(
        8 * taken.length + last.reduce((sum, chunk) => sum + chunk.encoderFrames, 0),
        Math.ceil((2 * silentMel + frames) / 4),
      );
      [...taken, ...last.map((chunk) => chunk.features)].forEach((chunk, index) => {
        t.equal(chunk.length, 35 * bands);
        const expected = Float32Array.from(
          { length: 35 * bands },
          (_, i) => data[(index * 32 - 3 - silentMel) * bands + i] ?? Math.log(1e-10),
        );
        t.ok(
          chunk.every((value, i) => Math.abs(value - (expected[i] ?? NaN)) < 1e-5),
          `chunk ${index} in pieces of ${piece}`,
        );
      });
      t.equal(chunks.take(), undefined, 'nothing is left');
    }
    t.end();
  },
);

t.test('the last chunk is as long as needed; peeking takes nothing away', (t) => {
  const { data } = logMel(samples);
  const chunks = new MelChunks(64);
  chunks.accept(samples);
  t.equal(chunks.hasWhole, false);
  t.equal(chunks.take(), undefined);
  const first = chunks.peek(6, 8);
  t.strictSame(first?.slice(3 * bands), data.slice(0, 32 * bands), 'six silent frames are passed over');
  t.strictSame(chunks.peek(6, 8), first);
  t.equal(chunks.peek(30, 8), undefined, 'not there yet');
  t.strictSame([chunks.has(6, 8), chunks.has(22, 8), chunks.has(23, 8)], [true, true, false]);
  // 98 mel frames between two silences of 24: 37 encoder frames, in a chunk of 40.
  const last = chunks.takeLast();
  t.match(last, [{ chunkFrames: 40, encoderFrames: 37 }]);
  t.equal(last[0]?.features.length, (4 * 40 + 3) * bands);
  t.end();
});

t.test('less than one window of audio is nothing', (t) => {
  const chunks = new MelChunks(8);
  chunks.accept(samples.subarray(0, 399));
  t.equal(chunks.take(), undefined);
  t.strictSame(chunks.takeLast(), []);
  t.end();
});
