/**
 * How good a classifier is on labelled examples: recall, precision, calibration, confusions.
 */
import { bootstrapInterval, type Interval } from '../core/bootstrap-interval.js';
import { calibrationError, calibrationErrorByChance, type ChanceError } from './calibration-error.js';

/** One example judged. */
export interface Classified {
  readonly truth: string;
  readonly guess: string;
  /** Probability of the guess, 0…1. */
  readonly confidence: number;
  /** False when the classifier would rather not have named it. */
  readonly isNamed: boolean;
}

export interface ClassificationFigures {
  readonly exampleCount: number;
  /** Unweighted average recall: the mean over labels of the share found. */
  readonly uar: number;
  readonly accuracy: number;
  /** 95 % of bootstrap samples of examples. Null for fewer than two. */
  readonly accuracyInterval: Interval | null;
  /** Mean over labels of the harmonic mean of precision and recall. */
  readonly macroF1: number;
  /** Ten bins; see calibrationError. */
  readonly ece: number;
  /** The ECE of a perfectly calibrated classifier with the same confidences: what of `ece` may be luck. */
  readonly eceByChance: ChanceError;
  /** Share of the examples that are named, and of those the share that is right; null when none is. */
  readonly namedShare: number;
  readonly namedAccuracy: number | null;
  /** Labels in order; a row for each truth, a column for each guess. */
  readonly confusion: { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] };
}

/** @param labels in the order of the confusion matrix; those without an example count in no mean. */
export function classificationFigures(
  classified: readonly Classified[],
  labels: readonly string[],
): ClassificationFigures {
  const counts = labels.map((truth) =>
    labels.map((guess) => classified.filter((one) => one.truth === truth && one.guess === guess).length),
  );
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const perLabel = labels.flatMap((label, index) => {
    const truths = classified.filter(({ truth }) => truth === label).length;
    if (truths === 0) return [];
    const hits = counts[index]![index]!;
    const guesses = sumOf(counts.map((row) => row[index]!));
    return [{ recall: hits / truths, f1: (2 * hits) / (truths + guesses) }];
  });
  const isRight = ({ truth, guess }: Classified): boolean => truth === guess;
  const named = classified.filter(({ isNamed }) => isNamed);
  const count = Math.max(1, classified.length);
  return {
    exampleCount: classified.length,
    uar: sumOf(perLabel.map(({ recall }) => recall)) / Math.max(1, perLabel.length),
    accuracy: classified.filter(isRight).length / count,
    accuracyInterval: bootstrapInterval(classified.map((one) => ({ numerator: isRight(one) ? 1 : 0, denominator: 1 }))),
    macroF1: sumOf(perLabel.map(({ f1 }) => f1)) / Math.max(1, perLabel.length),
    ece: calibrationError(classified.map((one) => ({ confidence: one.confidence, right: isRight(one) }))),
    eceByChance: calibrationErrorByChance(classified.map(({ confidence }) => confidence)),
    namedShare: named.length / count,
    namedAccuracy: named.length === 0 ? null : named.filter(isRight).length / named.length,
    confusion: { labels, counts },
  };
}

/** The most probable of `among`, its probability divided by theirs together. */
export function bestAmong(
  probabilities: Readonly<Record<string, number>>,
  among: readonly string[],
): { readonly guess: string; readonly confidence: number } {
  const of = (label: string): number => probabilities[label] ?? 0;
  const guess = among.reduce((best, label) => (of(label) > of(best) ? label : best), among[0] ?? '');
  const total = among.reduce((sum, label) => sum + of(label), 0);
  return { guess, confidence: total > 0 ? of(guess) / total : 1 / Math.max(1, among.length) };
}
