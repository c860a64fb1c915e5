/**
 * No voice is a machine: hundreds of recorded utterances over a telephone line, read and acted, children among them.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { decodeMulaw, encodeMulaw } from '../../src/audio/g711.js';
import { readAudioBytes } from '../../src/audio/audio-file.js';
import { resampleAll } from '../../src/audio/resampler.js';
import { ClipSource } from '../../src/cli/clip-source.js';
import { readLabelledList, type ListRow } from '../../src/cli/labelled-list.js';
import { evenlySpread } from '../../src/cli/speech-manifest.js';
import { LineToneDetector } from '../../src/dsp/line-tone-detector.js';
import { packageRoot } from '../../src/server/package-root.js';
import { lineRateHz, lineSignals, pause } from '../support/line-signals.js';

const corporaFolder = process.env['ATTUNE_CORPORA'] ?? path.join(packageRoot, '..', 'shared', 'data');

for (const [corpus, clipCount] of [
  ['speech', 250],
  ['emotion', 150],
] as const) {
  const folder = path.join(corporaFolder, corpus);
  const manifest = path.join(folder, 'manifest.tsv');
  const skip = !existsSync(manifest) && `no corpora in ${corporaFolder}`;
  t.test(`${clipCount} clips of ${corpus}`, { skip, timeout: 120_000 }, async (t) => {
    await using source = new ClipSource([folder]);
    const alarms: string[] = [];
    let audioMs = 0;
    for (const clip of evenlySpread(await readLabelledList(manifest, ['file']), clipCount)) {
      const samples = await overLine(source, clip);
      audioMs += (samples.length * 1000) / lineRateHz;
      const detector = new LineToneDetector({ sampleRateHz: lineRateHz });
      const tones = [...detector.hear(samples, 0), ...detector.hear(lineSignals([pause(5_000)]), samples.length)];
      alarms.push(...tones.map(({ name, startMs }) => `${clip['file'] ?? ''}: ${name} at ${startMs} ms`));
    }
    t.same(alarms, [], `${Math.round(audioMs / 1000)} s were heard`);
    t.ok(audioMs > 300_000);
  });
}

/** 8 kHz through μ-law. */
async function overLine(source: ClipSource, { file = '', corpus = '' }: ListRow): Promise<Float32Array> {
  const { samples, sampleRateHz } = await readAudioBytes(await source.read({ file, corpus }), { field: file });
  return decodeMulaw(encodeMulaw(resampleAll(samples, { sourceRateHz: sampleRateHz, targetRateHz: lineRateHz })));
}
