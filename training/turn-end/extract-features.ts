/**
 * Features for training, made by the code that serves.
 *
 *   node --import=./bin/typescript-loader.js training/turn-end/extract-features.ts <pcm.f32> <index.tsv> <output-prefix>
 *
 * `pcm.f32` holds 16 kHz mono float32 samples of all examples, one after the other; each line of `index.tsv` starts with
 * startSample and sampleCount. Writes `<prefix>.frames.f32` (rows of 83), `<prefix>.counts.i32` (frames per example) and
 * `<prefix>.finality.f32` (what `measureFinalCadence` says, the cue that the model is compared with).
 */
import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { measureFinalCadence } from '../../src/dsp/final-cadence.js';
import { turnEndFrames, turnEndFrameWidth } from '../../src/stages/turn-end/turn-end-features.js';

const [pcmPath, indexPath, outputPrefix] = process.argv.slice(2);
if (pcmPath === undefined || indexPath === undefined || outputPrefix === undefined) {
  throw new Error('usage: extract-features.ts <pcm.f32> <index.tsv> <output-prefix>');
}

/** What the listener hands to `measureFinalCadence`. */
const cadenceSamples = 1_500 * 16;

const rows = readFileSync(indexPath, 'utf8').trimEnd().split('\n');
const counts = new Int32Array(rows.length);
const finality = new Float32Array(rows.length);
const pcm = openSync(pcmPath, 'r');
const framesFile = openSync(`${outputPrefix}.frames.f32`, 'w');
rows.forEach((row, index) => {
  const [startSample = 0, sampleCount = 0] = row.split('\t').map(Number);
  const samples = new Float32Array(sampleCount);
  readSync(pcm, samples, 0, samples.byteLength, startSample * samples.BYTES_PER_ELEMENT);
  const frames = turnEndFrames(samples);
  counts[index] = frames.length / turnEndFrameWidth;
  if (row.endsWith('\tcadence')) finality[index] = measureFinalCadence(samples.subarray(-cadenceSamples)).finality;
  writeSync(framesFile, frames);
});
closeSync(pcm);
closeSync(framesFile);
writeFileSync(`${outputPrefix}.counts.i32`, counts);
writeFileSync(`${outputPrefix}.finality.f32`, finality);
