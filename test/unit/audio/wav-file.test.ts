/** WAV: every sample format written by wavefile is read back; broken files are told apart from foreign ones. */
import t from 'tap';
import wavefile from 'wavefile';
import { readWav } from '../../../src/audio/wav-file.js';
import { encodeWav } from '../../../src/audio/wav-writer.js';

const sampleCount = 400;
const left = Float32Array.from({ length: sampleCount }, (_, n) => 0.6 * Math.sin(n / 7));
const right = Float32Array.from({ length: sampleCount }, (_, n) => 0.3 * Math.cos(n / 5));

function written(bitDepth: string): Uint8Array {
  const wav = new wavefile.WaveFile();
  const integers = [left, right].map((samples) => Int16Array.from(samples, (sample) => Math.round(sample * 32_768)));
  wav.fromScratch(2, 22_050, '16', integers);
  if (bitDepth === '8m') wav.toMuLaw();
  else if (bitDepth === '8a') wav.toALaw();
  else if (bitDepth !== '16') wav.toBitDepth(bitDepth);
  return wav.toBuffer();
}

function worstError(actual: Float32Array, expected: Float32Array): number {
  return actual.reduce((worst, sample, index) => Math.max(worst, Math.abs(sample - expected[index]!)), 0);
}

const formats = [
  { bitDepth: '8', tolerance: 1 / 60 },
  { bitDepth: '16', tolerance: 1 / 60_000 },
  { bitDepth: '24', tolerance: 1 / 30_000 },
  { bitDepth: '32', tolerance: 1 / 30_000 },
  { bitDepth: '32f', tolerance: 1 / 15_000 },
  { bitDepth: '64', tolerance: 1 / 15_000 },
  { bitDepth: '8m', tolerance: 1 / 50 },
  { bitDepth: '8a', tolerance: 1 / 50 },
];

for (const { bitDepth, tolerance } of formats) {
  t.test(`reads stereo of wavefile's format ${bitDepth}`, async (t) => {
    const audio = readWav(written(bitDepth));
    t.equal(audio.sampleRateHz, 22_050);
    t.strictSame(
      audio.channels.map((channel) => channel.length),
      [sampleCount, sampleCount],
    );
    t.ok(worstError(audio.channels[0]!, left) < tolerance, `left: ${worstError(audio.channels[0]!, left)}`);
    t.ok(worstError(audio.channels[1]!, right) < tolerance, `right: ${worstError(audio.channels[1]!, right)}`);
  });
}

t.test('skips foreign chunks, padded to even length, and reads extensible headers', async (t) => {
  const plain = Buffer.from(encodeWav({ channels: [left], sampleRateHz: 16_000 }));
  const foreign = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.from('abc\0')]);
  t.strictSame(readWav(Buffer.concat([plain.subarray(0, 12), foreign, plain.subarray(12)])), readWav(plain));

  const format = Buffer.alloc(48);
  format.write('fmt ');
  format.writeUInt32LE(40, 4);
  plain.copy(format, 8, 20, 36);
  format.writeUInt16LE(0xfffe, 8);
  format.writeUInt16LE(1, 8 + 24);
  t.strictSame(readWav(Buffer.concat([plain.subarray(0, 12), format, plain.subarray(36)])), readWav(plain));
});

t.test('a size left open by a pipe means: to the end', async (t) => {
  for (const size of [0, 0xffff_ffff]) {
    const bytes = Buffer.from(encodeWav({ channels: [left], sampleRateHz: 16_000 }));
    bytes.writeUInt32LE(size, 40);
    t.equal(
      readWav(Buffer.concat([bytes, Buffer.of(1)])).channels[0]!.length,
      sampleCount,
      'a begun sample is left out',
    );
  }
});

t.test('errors name what is wrong and the file', async (t) => {
  const good = Buffer.from(encodeWav({ channels: [left, right], sampleRateHz: 16_000 }));
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(good);
    change(bytes);
    return bytes;
  };
  const cases = [
    { name: 'no RIFF', bytes: Buffer.from('hello, this is text'), code: 'AUDIO_FORMAT_UNSUPPORTED' },
    { name: 'data cut short', bytes: good.subarray(0, -10), code: 'AUDIO_CORRUPT' },
    { name: 'header only to the format', bytes: good.subarray(0, 36), code: 'AUDIO_CORRUPT' },
    { name: 'format chunk cut', bytes: good.subarray(0, 30), code: 'AUDIO_CORRUPT' },
    {
      name: 'ends within a sample',
      bytes: changed((bytes) => bytes.writeUInt32LE(sampleCount * 4 - 2, 40)),
      code: 'AUDIO_CORRUPT',
    },
    { name: 'no channels', bytes: changed((bytes) => bytes.writeUInt16LE(0, 22)), code: 'AUDIO_CORRUPT' },
    { name: 'rate 0', bytes: changed((bytes) => bytes.writeUInt32LE(0, 24)), code: 'AUDIO_CORRUPT' },
    { name: 'ADPCM', bytes: changed((bytes) => bytes.writeUInt16LE(2, 20)), code: 'AUDIO_FORMAT_UNSUPPORTED' },
    { name: 'no bits', bytes: changed((bytes) => bytes.writeUInt16LE(0, 34)), code: 'AUDIO_FORMAT_UNSUPPORTED' },
    {
      name: 'data before format',
      bytes: Buffer.concat([good.subarray(0, 12), good.subarray(36)]),
      code: 'AUDIO_CORRUPT',
    },
  ];
  for (const { name, bytes, code } of cases) t.throws(() => readWav(bytes, 'a.wav'), { code, field: 'a.wav' }, name);
});
