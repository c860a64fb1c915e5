/**
 * Sound in the wire's three formats: bytes in, bytes out, nothing lost and nothing added.
 */
import t from 'tap';
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from '../../../src/audio/g711.js';
import { decodePcm16, encodePcm16 } from '../../../src/audio/pcm16.js';
import { decodeBase64 } from '../../../src/protocols/base64-bytes.js';
import { InputAudio, OutputAudio } from '../../../src/protocols/openai-realtime/audio-wire.js';

const tone = (count: number, rateHz: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => 0.5 * Math.sin((2 * Math.PI * 440 * index) / rateHz));

t.test('base64: whole or refused, whatever its length', (t) => {
  for (const text of ['', 'AAAA', 'AAA=', 'AA==', 'AAA', 'AA']) t.ok(decodeBase64(text, 'audio').length <= 3, text);
  t.equal(decodeBase64('A'.repeat(15 * 1024 * 1024), 'audio').length, (15 * 1024 * 1024 * 3) / 4);
  const refused = [
    'A',
    'AAAAA',
    'AAA==',
    'A===',
    '====',
    'AA=A',
    'AA A',
    '_-8=',
    'AAAA\n',
    '='.repeat(1_000_000) + 'A',
  ];
  for (const text of refused) {
    t.throws(() => decodeBase64(text, 'audio'), { code: 'invalid_value', field: 'audio' }, text.slice(0, 8));
  }
  t.throws(() => decodeBase64('A'.repeat(15 * 1024 * 1024 + 4), 'audio'), { code: 'invalid_value' });
  t.end();
});

t.test('PCM divided within its samples is the same as whole', (t) => {
  const bytes = encodePcm16(tone(1_001, 24_000));
  const audio = new InputAudio({ type: 'audio/pcm', rate: 24_000 });
  const heard: number[] = [];
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 7) + 1) {
    const frame = audio.decode(bytes.subarray(at, at + size));
    t.equal(frame.startSample, heard.length);
    heard.push(...frame.samples);
  }
  t.same(heard, [...decodePcm16(bytes)]);
  t.end();
});

t.test('a change of format goes on at the same moment and forgets the spare byte', (t) => {
  const audio = new InputAudio({ type: 'audio/pcm', rate: 24_000 });
  t.match(audio.decode(new Uint8Array(2 * 24_000 + 1)), { sampleRateHz: 24_000, startSample: 0 });
  audio.format = { type: 'audio/pcmu' };
  t.match(audio.decode(new Uint8Array(4_000)), { sampleRateHz: 8_000, startSample: 8_000 });
  audio.format = { type: 'audio/pcma' };
  t.match(audio.decode(new Uint8Array(4_000)), { sampleRateHz: 8_000, startSample: 12_000 });
  audio.format = { type: 'audio/pcm', rate: 24_000 };
  const last = audio.decode(new Uint8Array(4));
  t.match(last, { sampleRateHz: 24_000, startSample: 48_000 });
  t.equal(last.samples.length, 2);
  audio.format = { type: 'audio/pcm', rate: 24_000 };
  t.equal(audio.decode(new Uint8Array(2)).startSample, 48_002, 'the same format again changes nothing');
  t.end();
});

const laws = [
  { type: 'audio/pcmu', encode: encodeMulaw, decode: decodeMulaw },
  { type: 'audio/pcma', encode: encodeAlaw, decode: decodeAlaw },
] as const;

for (const { type, encode, decode } of laws) {
  t.test(`${type}: one byte a sample, both ways`, (t) => {
    const bytes = encode(tone(800, 8_000));
    const { samples } = new InputAudio({ type }).decode(bytes);
    t.same(samples, decode(bytes));
    using output = new OutputAudio({ format: { type }, sourceRateHz: 8_000 });
    const sent = Buffer.from(output.encode(samples) + output.flush(), 'base64');
    t.same([...sent], [...bytes], 'what was decoded is encoded to the same bytes');
    t.end();
  });
}

const outputs = [
  { format: { type: 'audio/pcm', rate: 24_000 }, bytesPerSecond: 48_000 },
  { format: { type: 'audio/pcmu' }, bytesPerSecond: 8_000 },
  { format: { type: 'audio/pcma' }, bytesPerSecond: 8_000 },
] as const;

for (const { format, bytesPerSecond } of outputs) {
  for (const blockSamples of [160, 1_600, 777]) {
    t.test(`${format.type} in blocks of ${blockSamples}: the sound is as long as it was`, (t) => {
      using output = new OutputAudio({ format, sourceRateHz: 16_000 });
      const sound = tone(16_000, 16_000);
      const sent: Buffer[] = [];
      for (let at = 0; at < sound.length; at += blockSamples) {
        sent.push(Buffer.from(output.encode(sound.subarray(at, at + blockSamples)), 'base64'));
      }
      sent.push(Buffer.from(output.flush(), 'base64'));
      t.equal(Buffer.concat(sent).length, bytesPerSecond);
      t.ok(
        format.type !== 'audio/pcm' || sent.every((bytes) => bytes.length % 2 === 0),
        'no message ends within a sample',
      );
      t.end();
    });
  }
}
