/**
 * How far stated probabilities are from what happens: the expected calibration error, and how much of it is luck.
 */
import { seededRandom } from '../core/seeded-random.js';

/** A statement's probability of being right, 0…1, and whether it was. */
export interface Judgement {
  readonly confidence: number;
  readonly right: boolean;
}

const binCount = 10;

/**
 * Mean distance of confidence and share of right statements over ten bins of equal width, weighted by their statements
 * (Guo et al. 2017, ECE): 0 is calibrated. 0 for no statements.
 */
export function calibrationError(judgements: readonly Judgement[]): number {
  const excess = new Float64Array(binCount);
  for (const { confidence, right } of judgements) {
    const bin = Math.min(binCount - 1, Math.floor(confidence * binCount));
    excess[bin]! += confidence - (right ? 1 : 0);
  }
  return excess.reduce((sum, one) => sum + Math.abs(one), 0) / Math.max(1, judgements.length);
}

/** What chance alone does to the expected calibration error of so many statements. */
export interface ChanceError {
  readonly mean: number;
  /** A perfectly calibrated speaker stays below it 95 times in 100; an error above it is not luck. */
  readonly high: number;
}

const chanceDraws = 1_000;
const chanceCoverage = 0.95;

/**
 * The calibration error that statements of these confidences would show if every one of them were exactly as likely right
 * as it says: it is never 0, and large for few statements (Bröcker and Smith 2007, consistency resampling). Always the same
 * seed. 0 for no statements.
 */
export function calibrationErrorByChance(confidences: readonly number[]): ChanceError {
  const random = seededRandom(1);
  const errors = Float64Array.from({ length: chanceDraws }, () =>
    calibrationError(confidences.map((confidence) => ({ confidence, right: random() < confidence }))),
  ).sort();
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / chanceDraws,
    high: errors[Math.ceil(chanceCoverage * chanceDraws) - 1]!,
  };
}
