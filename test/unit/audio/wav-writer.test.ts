/** The WAV writer: the header to the byte, growth block by block, and a file whose writer was never closed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readWav } from '../../../src/audio/wav-file.js';
import { encodeWav, WavWriter } from '../../../src/audio/wav-writer.js';

t.test('the file in memory, byte by byte', async (t) => {
  const bytes = encodeWav({ channels: [Float32Array.of(0.5), Float32Array.of(-1)], sampleRateHz: 8_000 });
  const expected =
    '52494646' +
    '28000000' +
    '57415645' +
    '666d7420' +
    '10000000' +
    '0100' +
    '0200' +
    '401f0000' +
    '007d0000' +
    '0400' +
    '1000' +
    '64617461' +
    '04000000' +
    '0040' +
    '0080';
  t.equal(Buffer.from(bytes).toString('hex'), expected);
});

t.test('blocks that are not awaited one by one still lie in order', async (t) => {
  const path = join(t.testdir(), 'call.wav');
  const writer = await WavWriter.create(path, { sampleRateHz: 16_000, channelCount: 2 });
  const blocks = [3, 1, 5].map((sampleCount, block) => {
    const samples = new Float32Array(sampleCount).fill((block + 1) / 8);
    return [samples, Float32Array.from(samples, (sample) => -sample)];
  });
  await Promise.all(blocks.map((block) => writer.append(block)));
  t.equal(writer.sampleCount, 9);
  await writer.close();
  await writer.close();
  const audio = readWav(await readFile(path));
  t.strictSame(
    [...audio.channels[0]!].map((sample) => sample * 8),
    [1, 1, 1, 2, 3, 3, 3, 3, 3],
  );
  t.strictSame(
    [...audio.channels[1]!].map((sample) => sample * 8),
    [-1, -1, -1, -2, -3, -3, -3, -3, -3],
  );
});

t.test('close waits for blocks under way', async (t) => {
  const path = join(t.testdir(), 'late.wav');
  const writer = await WavWriter.create(path, { sampleRateHz: 16_000, channelCount: 1 });
  const append = writer.append([new Float32Array(50_000).fill(0.25)]);
  await Promise.all([append, writer.close()]);
  t.equal(readWav(await readFile(path)).channels[0]!.length, 50_000);
});

t.test('a recording whose process died is readable', async (t) => {
  const path = join(t.testdir(), 'crashed.wav');
  const writer = await WavWriter.create(path, { sampleRateHz: 16_000, channelCount: 1 });
  await writer.append([new Float32Array(100).fill(0.5)]);
  const asLeftBehind = await readFile(path);
  await writer.close();
  t.equal(readWav(asLeftBehind).channels[0]!.length, 100);
});

t.test('an empty recording is a valid file', async (t) => {
  const path = join(t.testdir(), 'empty.wav');
  const writer = await WavWriter.create(path, { sampleRateHz: 16_000, channelCount: 1 });
  await writer[Symbol.asyncDispose]();
  t.equal(readWav(await readFile(path)).channels[0]!.length, 0);
});

t.test('refuses blocks that do not fit, use after close and impossible paths', async (t) => {
  const path = join(t.testdir(), 'strict.wav');
  const writer = await WavWriter.create(path, { sampleRateHz: 16_000, channelCount: 2 });
  await t.rejects(writer.append([new Float32Array(1)]), { code: 'INVARIANT_BROKEN' });
  await t.rejects(writer.append([new Float32Array(1), new Float32Array(2)]), { code: 'INVARIANT_BROKEN' });
  await writer.close();
  await t.rejects(writer.append([new Float32Array(1), new Float32Array(1)]), { code: 'INVARIANT_BROKEN' });
  await t.rejects(WavWriter.create(join(path, 'below-a-file.wav'), { sampleRateHz: 8_000, channelCount: 1 }), {
    code: 'ENOTDIR',
  });
});
