/**
 * How far stated probabilities are from what happens: the expected calibration error.
 */

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
