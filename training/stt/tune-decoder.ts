/**
 * Compares settings of the beam search on clips that no training of the acoustic or language model has seen.
 *
 * `node --import=./bin/typescript-loader.js training/stt/tune-decoder.ts FOLDER [lmWeight=0.9,1.1 beam=12 …]`, FOLDER as in
 * `dumped-clips.ts`: every named option takes each of its values, the others keep their defaults; one line per setting, best
 * first.
 */
import { defaultBeamSearchOptions, type BeamSearchOptions } from '../../src/stages/stt/ctc-beam-search.js';
import { CtcDecoder } from '../../src/stages/stt/ctc-decoder.js';
import { sumWordErrors, wordErrorRate, wordErrors } from '../../src/stages/stt/word-errors.js';
import { readDump, shippedResources } from './dumped-clips.js';

const [folder = '', ...named] = process.argv.slice(2);
const resources = await shippedResources();
const clips = await readDump(folder);
const audioSeconds = clips.reduce((sum, { frames }) => sum + frames * 0.04, 0);

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
  const errors = clips.map(({ corpus, words, logProbs }) => {
    const decoder = new CtcDecoder(resources, { ...defaultBeamSearchOptions, ...setting });
    decoder.accept(logProbs);
    const found = decoder.finish(1).words.map(({ text }) => text);
    return { corpus, errors: wordErrors(words, found) };
  });
  const seconds = (process.cpuUsage().user - started) / 1e6;
  const corpora = [...new Set(errors.map(({ corpus }) => corpus))];
  const rate = (some: readonly (typeof errors)[number][]): string =>
    (100 * wordErrorRate(sumWordErrors(some.map((one) => one.errors)))).toFixed(1);
  const parts = corpora.map((corpus) => `${corpus} ${rate(errors.filter((one) => one.corpus === corpus))}`);
  const speed = `${(audioSeconds / seconds).toFixed(0)}×`;
  return {
    rate: Number(rate(errors)),
    line: `${rate(errors)} %  ${JSON.stringify(setting)}  ${speed}  ${parts.join(' · ')}`,
  };
});
results.sort((a, b) => a.rate - b.rate);
for (const { line } of results) process.stdout.write(`${line}\n`);
