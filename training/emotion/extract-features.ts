/**
 * Features for training, made by the code that serves.
 *
 *   node --import=./bin/typescript-loader.js training/emotion/extract-features.ts <pcm.f32> <index.tsv> <output-prefix>
 *
 * `pcm.f32` holds 16 kHz mono float32 samples of all clips, one after the other; each line of
 * `index.tsv` starts with startSample and sampleCount. Writes `<prefix>.frames.f32` (rows of 83),
 * `<prefix>.summary.f32` (rows of 258, one per clip) and `<prefix>.counts.i32` (frames per clip, 0
 * where nothing was loud enough; such a clip's summary is zeros).
 */
import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { baselineWidth, extractVoiceFeatures } from '../../src/stages/emotion/voice-features.js';

const [pcmPath, indexPath, outputPrefix] = process.argv.slice(2);
if (pcmPath === undefined || indexPath === undefined || outputPrefix === undefined) {
  throw new Error('usage: extract-features.ts <pcm.f32> <index.tsv> <output-prefix>');
}

const rows = readFileSync(indexPath, 'utf8').trimEnd().split('\n');
const counts = new Int32Array(rows.length);
const summaries = new Float32Array(rows.length * baselineWidth);
const pcm = openSync(pcmPath, 'r');
const framesFile = openSync(`${outputPrefix}.frames.f32`, 'w');
rows.forEach((row, index) => {
  const [startSample = 0, sampleCount = 0] = row.split('\t').map(Number);
  const samples = new Float32Array(sampleCount);
  readSync(pcm, samples, 0, samples.byteLength, startSample * samples.BYTES_PER_ELEMENT);
  const features = extractVoiceFeatures(samples);
  if (features === null) return;
  counts[index] = features.frames;
  summaries.set(features.summary, index * baselineWidth);
  writeSync(framesFile, features.frameData);
});
closeSync(pcm);
closeSync(framesFile);
writeFileSync(`${outputPrefix}.summary.f32`, summaries);
writeFileSync(`${outputPrefix}.counts.i32`, counts);
