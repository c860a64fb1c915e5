/** The clips of audio-fixtures/ are what their index says: format, length, and speech where and when it is said to be. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import t from 'tap';
import { decodeAudio } from '../../../src/audio/audio-file.js';

interface Entry {
  readonly file: string;
  readonly transcript: string;
  readonly emotion: string | null;
  readonly sampleRateHz: number;
  readonly durationMs: number;
  readonly speechStartMs: number;
  readonly speechEndMs: number;
}

const folder = fileURLToPath(new URL('../../../audio-fixtures/', import.meta.url));
const { clips } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
  readonly clips: readonly Entry[];
};

function rmsOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

t.test('every WAV file is in the index, and all of them are small', async (t) => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.wav'));
  t.strictSame(clips.map((clip) => clip.file).sort(), files.sort());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  t.ok(sizes.reduce((sum, size) => sum + size, 0) <= 3_000_000);
});

for (const clip of clips) {
  t.test(clip.file, async (t) => {
    const audio = await decodeAudio(await readFile(join(folder, clip.file)), clip.file);
    const samples = audio.channels[0]!;
    const at = (timeMs: number): number => Math.round((timeMs * clip.sampleRateHz) / 1_000);
    t.strictSame([audio.channels.length, audio.sampleRateHz], [1, clip.sampleRateHz]);
    t.equal(Math.round((samples.length * 1_000) / clip.sampleRateHz), clip.durationMs);
    if (clip.transcript === '') {
      t.strictSame([clip.emotion, clip.speechStartMs, clip.speechEndMs], [null, 0, 0]);
      return;
    }
    const speech = rmsOf(samples.subarray(at(clip.speechStartMs), at(clip.speechEndMs)));
    t.ok(20 * Math.log10(speech) > -32, `speech at ${(20 * Math.log10(speech)).toFixed(1)} dBFS`);
    const before = rmsOf(samples.subarray(0, at(clip.speechStartMs - 20)));
    const after = rmsOf(samples.subarray(at(clip.speechEndMs + 40)));
    t.ok(before < speech / 100 && after < speech / 100, 'silence before and after');
    t.ok(rmsOf(samples.subarray(at(clip.speechEndMs - 100), at(clip.speechEndMs))) > 4 * after, 'speech up to its end');
  });
}
