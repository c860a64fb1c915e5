/** Recordings of any format, opened by content; channel and rate as asked; errors that name the file. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import t from 'tap';
import { decodeAudio, readAudioFile } from '../../../src/audio/audio-file.js';
import { toMono } from '../../../src/audio/decoded-audio.js';
import { checkSamples } from '../../../src/audio/sample-check.js';
import { encodeWav } from '../../../src/audio/wav-writer.js';

/** Half a second of 440 Hz at 0.5 on the left and 880 Hz at 0.25 on the right, Ogg Opus. */
const opusPath = fileURLToPath(new URL('./tones.opus', import.meta.url));

/** Amplitude of one frequency within the samples, by correlation with it. */
function amplitudeOf(
  samples: Float32Array,
  options: { readonly frequencyHz: number; readonly sampleRateHz: number },
): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, n) => {
    const phase = (2 * Math.PI * options.frequencyHz * n) / options.sampleRateHz;
    real += sample * Math.cos(phase);
    imaginary += sample * Math.sin(phase);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

t.test('stereo WAV as mono at 16 kHz: mean, one channel, original rate', async (t) => {
  const path = join(t.testdir(), 'no-ending-needed');
  const channels = [0.5, -0.25].map((level) => new Float32Array(800).fill(level));
  await writeFile(path, encodeWav({ channels, sampleRateHz: 8_000 }));
  const mean = await readAudioFile(path);
  t.strictSame([mean.sampleRateHz, mean.samples.length], [16_000, 1_600]);
  t.ok(Math.abs(mean.samples[800]! - 0.125) < 1e-3);
  const right = await readAudioFile(path, { channel: 1, sampleRateHz: 'original' });
  t.strictSame([right.sampleRateHz, right.samples.length, right.samples[7]], [8_000, 800, -0.25]);
  await t.rejects(readAudioFile(path, { channel: 2 }), { code: 'AUDIO_FORMAT_UNSUPPORTED' });
  await t.rejects(readAudioFile(path, { sampleRateHz: 1 }), { code: 'AUDIO_RATE_UNSUPPORTED' });
});

t.test('Ogg Opus: both channels, right pitch and level', async (t) => {
  const audio = await decodeAudio(await readFile(opusPath));
  t.strictSame([audio.sampleRateHz, audio.channels.length], [48_000, 2]);
  t.ok(Math.abs(audio.channels[0]!.length - 24_000) < 500, `${audio.channels[0]!.length} samples`);
  const left = amplitudeOf(audio.channels[0]!.subarray(2_400, 21_600), { frequencyHz: 440, sampleRateHz: 48_000 });
  const right = amplitudeOf(audio.channels[1]!.subarray(2_400, 21_600), { frequencyHz: 880, sampleRateHz: 48_000 });
  t.ok(Math.abs(left - 0.5) < 0.05, `left ${left}`);
  t.ok(Math.abs(right - 0.25) < 0.05, `right ${right}`);
  const clip = await readAudioFile(opusPath, { channel: 0 });
  t.equal(clip.sampleRateHz, 16_000);
  t.ok(Math.abs(clip.samples.length - 8_000) < 170, `${clip.samples.length} samples`);
  const level = amplitudeOf(clip.samples.subarray(800, 7_200), { frequencyHz: 440, sampleRateHz: 16_000 });
  t.ok(Math.abs(level - 0.5) < 0.05, `decoded to 16 kHz: ${level}`);
  const odd = await readAudioFile(opusPath, { channel: 0, sampleRateHz: 22_050 });
  t.strictSame([odd.sampleRateHz, Math.round(odd.samples.length / 1_000)], [22_050, 11], 'a rate the codec has not');
});

t.test('foreign, broken and missing files', async (t) => {
  const opus = await readFile(opusPath);
  const cases = [
    { name: 'empty', bytes: Buffer.alloc(0), code: 'AUDIO_CORRUPT' },
    { name: 'text', bytes: Buffer.from('not audio at all'), code: 'AUDIO_FORMAT_UNSUPPORTED', message: /this file/ },
    { name: 'FLAC', bytes: Buffer.from('fLaC\0\0\0\x22'), code: 'AUDIO_FORMAT_UNSUPPORTED', message: /FLAC/ },
    { name: 'MP3', bytes: Buffer.from([0xff, 0xfb, 0x90, 0]), code: 'AUDIO_FORMAT_UNSUPPORTED', message: /MP3/ },
    { name: 'MP4', bytes: Buffer.from('\0\0\0\x20ftypM4A '), code: 'AUDIO_FORMAT_UNSUPPORTED', message: /M4A/ },
    {
      name: 'other Ogg',
      bytes: Buffer.from(opus).fill('x', 28, 36),
      code: 'AUDIO_FORMAT_UNSUPPORTED',
      message: /Opus/,
    },
    { name: 'Opus header only', bytes: opus.subarray(0, 60), code: 'AUDIO_CORRUPT' },
  ];
  for (const { name, bytes, code, message } of cases) {
    await t.rejects(decodeAudio(bytes, 'x.bin'), { code, field: 'x.bin', ...(message && { message }) }, name);
  }
  await t.rejects(readAudioFile('/does/not/exist.wav'), { code: 'FILE_UNREADABLE', field: '/does/not/exist.wav' });
});

t.test('samples that are no audio', async (t) => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 9]) {
    t.throws(() => checkSamples(Float32Array.of(0, bad), 'mic'), {
      code: 'AUDIO_SAMPLE_INVALID',
      field: 'mic',
      message: /sample 1/,
    });
  }
  t.doesNotThrow(() => checkSamples(Float32Array.of(0, 1.2, -1.2)));
});

t.test('mono stays the same array', async (t) => {
  const samples = Float32Array.of(1, 2);
  t.equal(toMono({ channels: [samples], sampleRateHz: 8_000 }), samples);
});
