/**
 * Samples to the wire and back: the bytes are the server's own codec's.
 */
import t from 'tap';
import { decodePcm16, encodePcm16 } from '../../../src/audio/pcm16.js';
import { encodeWav } from '../../../src/audio/wav-writer.js';
import { decodeWireAudio, encodeWireAudio, decodeWireWav } from '../../../src/client/wire-audio.js';

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

t.test('WAV files of 16-bit PCM at any rate, of several channels the first; nothing else', async (t) => {
  const wav = (channels: readonly Float32Array[]): string =>
    Buffer.from(encodeWav({ channels, sampleRateHz: 16_000 })).toString('base64');
  const left = new Float32Array([0.25, -0.5]);
  t.same(decodeWireWav(wav([left])), { samples: left, sampleRateHz: 16_000 });
  t.same(decodeWireWav(wav([left, new Float32Array(2)])).samples, left);
  const rare = Buffer.from(wav([left]), 'base64');
  rare.writeUInt16LE(8, 34);
  t.throws(() => decodeWireWav(rare.toString('base64')), { code: 'AUDIO_FORMAT_UNSUPPORTED' });
  t.throws(() => decodeWireWav('AAAA'), { code: 'AUDIO_FORMAT_UNSUPPORTED' });
});
