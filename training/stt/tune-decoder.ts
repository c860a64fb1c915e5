/**
 * Compares settings of the beam search on log-probabilities that `evaluate.py --split tune --dump FOLDER` wrote.
 *
 * `node --import=./bin/typescript-loader.js training/stt/tune-decoder.ts FOLDER [lmWeight=0.9,1.1 beam=12 …]`: every named
 * option takes each of its values, the others keep their defaults; one line per setting, best first. The clips are in no
 * training of the acoustic model and their transcripts in no language model.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { defaultBeamSearchOptions, type BeamSearchOptions } from '../../src/stages/stt/ctc-beam-search.js';
import { CtcDecoder } from '../../src/stages/stt/ctc-decoder.js';
import { loadDecoderResources } from '../../src/stages/stt/decoder-resources.js';
import { sumWordErrors, wordErrorRate, wordErrors } from '../../src/stages/stt/word-errors.js';

interface Clip {
  readonly file: string;
  readonly corpus: string;
  readonly transcript: string;
  readonly frames: number;
  readonly vocabulary: number;
}

const [folder = '', ...named] = process.argv.slice(2);
const models = resolve(import.meta.dirname, '../../models');
const resources = await loadDecoderResources({
  lexicon: join(models, 'stt-en.lexicon.bin'),
  languageModel: join(models, 'stt-en.lm.bin'),
  lettersToSounds: join(models, 'stt-en.g2p.bin'),
  tokens: join(models, 'stt-en.tokens.json'),
});
const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as readonly Clip[];
const clips = await Promise.all(
  index.map(async (clip) => {
    const bytes = await readFile(join(folder, clip.file));
    return { ...clip, logProbs: new Float32Array(bytes.buffer, bytes.byteOffset, clip.frames * clip.vocabulary) };
  }),
);

/** Every combination of the named options' values. */
function settings(): readonly Partial<BeamSearchOptions>[] {
  let all: readonly Partial<BeamSearchOptions>[] = [{}];
  for (const one of named) {
    const [name = '', values = ''] = one.split('=');
    if (!(name in defaultBeamSearchOptions)) throw new Error(`${name} is no option of the beam search`);
    all = all.flatMap((setting) => values.split(',').map((value) => ({ ...setting, [name]: Number(value) })));
  }
  return all;
}

const results = settings().map((setting) => {
  const started = process.cpuUsage().user;
  const errors = clips.map(({ corpus, transcript, logProbs }) => {
    const decoder = new CtcDecoder(resources, { ...defaultBeamSearchOptions, ...setting });
    decoder.accept(logProbs);
    const found = decoder.finish(1).words.map(({ text }) => text);
    return { corpus, errors: wordErrors(transcript.toLowerCase().match(/[a-z']+/gu) ?? [], found) };
  });
  const seconds = (process.cpuUsage().user - started) / 1e6;
  const corpora = [...new Set(errors.map(({ corpus }) => corpus))];
  const rate = (some: readonly (typeof errors)[number][]): string =>
    (100 * wordErrorRate(sumWordErrors(some.map((one) => one.errors)))).toFixed(1);
  const audioSeconds = clips.reduce((sum, { frames }) => sum + frames * 0.04, 0);
  const parts = corpora.map(
    (corpus) => `${corpus.slice(0, 22)} ${rate(errors.filter((one) => one.corpus === corpus))}`,
  );
  return {
    rate: Number(rate(errors)),
    line: `${rate(errors)} %  ${JSON.stringify(setting)}  ${(audioSeconds / seconds).toFixed(0)}x  ${parts.join(' · ')}`,
  };
});
results.sort((a, b) => a.rate - b.rate);
for (const { line } of results) process.stdout.write(`${line}\n`);
