import t from 'tap';
import { logMel } from '../../../../src/dsp/mel.js';
import { MelChunks } from '../../../../src/stages/stt/mel-chunks.js';
import { seededRandom } from '../../../support/simulated-phones.js';

const random = seededRandom(4);
const samples = Float32Array.from({ length: 16_000 }, () => random() - 0.5);
const bands = 80;

t.test('chunks of any split are the whole recording’s frames, each with the three frames before it', (t) => {
  const { frames, data } = logMel(samples);
  for (const piece of [160, 333, 16_000]) {
    const chunks = new MelChunks(8);
    const taken: Float32Array[] = [];
    for (let at = 0; at < samples.length; at += piece) {
      chunks.accept(samples.subarray(at, at + piece));
      for (let chunk = chunks.take(); chunk; chunk = chunks.take()) taken.push(chunk);
    }
    const last = chunks.takeLast();
    t.equal(taken.length, Math.floor(frames / 32));
    t.equal(last?.encoderFrames, Math.ceil((frames % 32) / 4));
    [...taken, last?.features ?? new Float32Array(0)].forEach((chunk, index) => {
      t.equal(chunk.length, 35 * bands);
      const expected = Float32Array.from({ length: 35 * bands }, (_, i) => data[(index * 32 - 3) * bands + i] ?? Math.log(1e-10));
      t.ok(chunk.every((value, i) => Math.abs(value - (expected[i] ?? NaN)) < 1e-5), `chunk ${index} in pieces of ${piece}`);
    });
    t.equal(chunks.takeLast(), undefined, 'nothing is left');
  }
  t.end();
});

t.test('less than one window of audio is nothing', (t) => {
  const chunks = new MelChunks(8);
  chunks.accept(samples.subarray(0, 399));
  t.equal(chunks.take(), undefined);
  t.equal(chunks.takeLast(), undefined);
  t.end();
});
