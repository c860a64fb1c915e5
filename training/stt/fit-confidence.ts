/**
 * Fits how evidence becomes the confidence of a word (`confidenceFit` in src/stages/stt/ctc-decoder.ts): logistic
 * regression of "this word is right" on the mean log posterior of its phones and on its strongest rival.
 *
 * `node --import=./bin/typescript-loader.js training/stt/fit-confidence.ts FOLDER`, FOLDER as in `dumped-clips.ts`. Prints
 * the constants, the calibration error in ten bins and the area under the curve, both on the words that were fitted.
 */
import { calibrationError } from '../../src/stages/calibration-error.js';
import { CtcBeamSearch, defaultBeamSearchOptions } from '../../src/stages/stt/ctc-beam-search.js';
import { alignWords } from '../../src/stages/stt/word-errors.js';
import { readDump, shippedResources } from './dumped-clips.js';

interface Evidence {
  readonly features: readonly [one: 1, perPhoneLogPosterior: number, rivalRatio: number];
  readonly isRight: boolean;
}

const resources = await shippedResources();
const evidence: Evidence[] = [];
for (const { words, logProbs } of await readDump(process.argv[2] ?? '')) {
  const search = new CtcBeamSearch(resources, defaultBeamSearchOptions);
  for (let offset = 0; offset < logProbs.length; offset += resources.vocabularySize) search.advance(logProbs, offset);
  const heard = search.results(5)[0]?.words ?? [];
  const found = heard.map(({ word }) => resources.words[word] ?? '');
  for (const pair of alignWords(words, found)) {
    if (pair.found === undefined) continue;
    const word = heard[pair.found];
    if (!word) continue;
    const isRight = pair.reference !== undefined && words[pair.reference] === found[pair.found];
    evidence.push({ features: [1, word.phoneLogPosterior, Math.min(1, word.rivalRatio)], isRight });
  }
}

/** Newton's method; a little ridge keeps the matrix regular. */
function fit(rows: readonly Evidence[]): readonly number[] {
  let weights = [0, 0, 0];
  for (let iteration = 0; iteration < 30; iteration++) {
    const gradient = weights.map((weight) => -1e-3 * weight);
    const curvature = weights.map((_, i) => weights.map((_, j) => (i === j ? 1e-3 : 0)));
    for (const { features, isRight } of rows) {
      const probability = confidence(features, weights);
      features.forEach((one, i) => {
        gradient[i]! += ((isRight ? 1 : 0) - probability) * one;
        features.forEach((other, j) => (curvature[i]![j]! += probability * (1 - probability) * one * other));
      });
    }
    const step = solved(curvature, gradient);
    weights = weights.map((weight, i) => weight + (step[i] ?? 0));
  }
  return weights;
}

function confidence(features: readonly number[], weights: readonly number[]): number {
  return 1 / (1 + Math.exp(-features.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0)));
}

/** Gauss–Jordan elimination of a positive definite system. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const scale = rows[pivot]![pivot]!;
    rows[pivot] = rows[pivot]!.map((value) => value / scale);
    rows.forEach((row, i) => {
      if (i !== pivot) rows[i] = row.map((value, j) => value - row[pivot]! * rows[pivot]![j]!);
    });
  }
  return rows.map((row) => row.at(-1) ?? 0);
}

const weights = fit(evidence);
const judged = evidence.map(({ features, isRight }) => ({ confidence: confidence(features, weights), right: isRight }));
const rightOnes = judged.filter((one) => one.right);
const wrongOnes = judged.filter((one) => !one.right);
const wins = rightOnes.reduce(
  (sum, one) =>
    sum +
    wrongOnes.reduce(
      (all, other) => all + (one.confidence > other.confidence ? 1 : one.confidence === other.confidence ? 0.5 : 0),
      0,
    ),
  0,
);
const [offset = 0, perPhoneLogPosterior = 0, perRivalRatio = 0] = weights;
process.stdout.write(
  `offset ${offset.toFixed(2)}, perPhoneLogPosterior ${perPhoneLogPosterior.toFixed(2)}, perRivalRatio ${perRivalRatio.toFixed(2)}; ` +
    `${judged.length} words, area under the curve ${(wins / (rightOnes.length * wrongOnes.length)).toFixed(3)}, ` +
    `calibration error ${calibrationError(judged).toFixed(3)}\n`,
);
