/**
 * Levels in the bands of a telephone: where a tone lies, how loud it is, and that the split of a stream does not matter.
 */
import t from 'tap';
import { bandCount, BandLevelStream, quietestBandDb } from '../../../src/dsp/band-levels.js';

const tone = (hz: number, amplitude: number): Float32Array =>
  Float32Array.from({ length: 1_600 }, (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / 16_000));

const loudestBand = (levels: Float32Array): number => {
  const frame = [...levels.subarray(bandCount, 2 * bandCount)];
  return frame.indexOf(Math.max(...frame));
};

t.test('a tone is in its band, twice as loud is 6 dB more, silence is the floor', (t) => {
  const low = new BandLevelStream().accept(tone(300, 0.1));
  const high = new BandLevelStream().accept(tone(3_000, 0.1));
  t.ok(loudestBand(low) < loudestBand(high));
  const louder = new BandLevelStream().accept(tone(300, 0.2));
  const band = bandCount + loudestBand(low);
  t.ok(Math.abs(louder[band]! - low[band]! - 6.02) < 0.1, `${low[band]}, ${louder[band]} dB`);
  t.ok(new BandLevelStream().accept(new Float32Array(1_600)).every((level) => level === quietestBandDb));
  t.end();
});

t.test('pieces of any size give the frames of the whole', (t) => {
  const whole = new BandLevelStream().accept(tone(700, 0.3));
  const stream = new BandLevelStream();
  const pieces: number[] = [];
  for (let at = 0; at < 1_600; at += 130) pieces.push(...stream.accept(tone(700, 0.3).subarray(at, at + 130)));
  t.same(pieces, [...whole]);
  stream.reset();
  t.equal(stream.accept(new Float32Array(320)).length, bandCount, 'a new recording starts with its first sample');
  t.end();
});
