/** 16-bit PCM: the constant, the byte order, the clip, and streams that are cut within a sample. */
import t from 'tap';
import { decodePcm16, encodePcm16, Pcm16Decoder } from '../../../src/audio/pcm16.js';

t.test('decodes little-endian integers over 32768', async (t) => {
  const samples = decodePcm16(Uint8Array.of(0x00, 0x00, 0x00, 0x80, 0xff, 0x7f, 0xff, 0xff, 0x00, 0x40));
  t.strictSame([...samples], [0, -1, 32767 / 32768, -1 / 32768, 0.5]);
});

t.test('every integer survives a round trip', async (t) => {
  const bytes = new Uint8Array(Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768).buffer);
  t.ok(Buffer.from(encodePcm16(decodePcm16(bytes))).equals(bytes));
});

t.test('clips, rounds and turns NaN into silence', async (t) => {
  const bytes = encodePcm16(
    Float32Array.of(1, 2, -1.5, Number.NaN, Number.POSITIVE_INFINITY, 1.4 / 32_768, 1.6 / 32_768),
  );
  t.strictSame([...new Int16Array(bytes.buffer)], [32_767, 32_767, -32_768, 0, 32_767, 1, 2]);
});

t.test('refuses an odd byte count and names the input', async (t) => {
  t.throws(() => decodePcm16(new Uint8Array(3), 'payload'), { code: 'AUDIO_ODD_BYTE_COUNT', field: 'payload' });
});

t.test('a stream may be cut anywhere', async (t) => {
  const bytes = encodePcm16(Float32Array.from({ length: 50 }, (_, index) => Math.sin(index)));
  for (const cut of [1, 2, 3, 7, 99]) {
    const decoder = new Pcm16Decoder();
    const parts: number[] = [];
    for (let at = 0; at < bytes.length; at += cut) parts.push(...decoder.decode(bytes.subarray(at, at + cut)));
    t.strictSame(parts, [...decodePcm16(bytes)], `pieces of ${cut} bytes`);
    t.notOk(decoder.hasSpareByte);
  }
});

t.test('an empty piece changes nothing, and reset forgets the spare byte', async (t) => {
  const decoder = new Pcm16Decoder();
  t.equal(decoder.decode(Uint8Array.of(0x12)).length, 0);
  t.equal(decoder.decode(new Uint8Array(0)).length, 0);
  t.ok(decoder.hasSpareByte);
  decoder.reset();
  t.strictSame([...decoder.decode(Uint8Array.of(0x00, 0x40))], [0.5]);
});
