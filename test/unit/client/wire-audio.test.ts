/**
 * Samples to the wire and back: the bytes are the server's own codec's.
 */
import t from 'tap';
import { decodePcm16, encodePcm16 } from '../../../src/audio/pcm16.js';
import { decodeWireAudio, encodeWireAudio } from '../../../src/client/wire-audio.js';

const samples = Float32Array.of(0, 0.5, -0.5, 0.999, -1, 1, 1.5, -2, 1e-5);

t.test('the wire has the same bytes as the server makes', async (t) => {
  t.same(Buffer.from(encodeWireAudio(samples), 'base64'), Buffer.from(encodePcm16(samples)));
});

t.test('what the server sends is read as it reads it', async (t) => {
  const bytes = encodePcm16(samples);
  t.same(decodeWireAudio(Buffer.from(bytes).toString('base64')), decodePcm16(bytes));
});

t.test('a long stretch of sound survives both ways', async (t) => {
  const long = Float32Array.from({ length: 100_000 }, (_, index) => Math.fround(((index % 200) - 100) / 128));
  t.same(decodeWireAudio(encodeWireAudio(long)), long);
});
