/**
 * Scores what a recogniser heard against what was said: one clip at a time, then figures over many clips. Pure.
 *
 * Both sides are brought to comparable words first. The confidence of a heard word counts for every comparable word that
 * comes of it.
 */
import { bootstrapInterval, type Interval } from '../../core/bootstrap-interval.js';
import { calibrationError, type Judgement } from '../calibration-error.js';
import { comparableWords, type ComparisonOptions } from './comparable-words.js';
import type { SttWord } from './stt.js';
import { alignWords, sumWordErrors, wordErrorRate, wordErrors, type WordErrors } from './word-errors.js';

/** A word that was heard for another. */
export interface Confusion {
  readonly reference: string;
  readonly heard: string;
}

/** One clip. */
export interface ClipScore {
  readonly errors: WordErrors;
  readonly confusions: readonly Confusion[];
  /** Of every comparable word that was heard. */
  readonly judgements: readonly Judgement[];
}

/** Over some clips. Rates and confidences are 0…1; a word error rate may exceed 1. */
export interface RecognitionFigures extends WordErrors {
  readonly clipCount: number;
  readonly wer: number;
  /** 95 % by bootstrap over clips; null for fewer than two clips. */
  readonly werInterval: Interval | null;
  /** Share of clips with an error. */
  readonly sentenceErrorRate: number;
  /** Of the words that were heard; null when none was. */
  readonly meanConfidence: number | null;
  /** Expected calibration error of the words' confidences; null when none was heard. */
  readonly calibrationError: number | null;
}

export interface CountedConfusion extends Confusion {
  readonly count: number;
}

/** @param heard words of the final hypothesis */
export function scoreClip(
  transcript: string,
  heard: readonly Pick<SttWord, 'text' | 'confidence'>[],
  options: ComparisonOptions,
): ClipScore {
  const reference = comparableWords(transcript, options);
  const words = heard.flatMap(({ text, confidence }) =>
    comparableWords(text, options).map((word) => ({ word, confidence })),
  );
  const found = words.map(({ word }) => word);
  const confusions: Confusion[] = [];
  const judgements: Judgement[] = [];
  for (const pair of alignWords(reference, found)) {
    if (pair.found === undefined) continue;
    const { word, confidence } = words[pair.found]!;
    const said = pair.reference === undefined ? undefined : reference[pair.reference];
    judgements.push({ confidence, right: said === word });
    if (said !== undefined && said !== word) confusions.push({ reference: said, heard: word });
  }
  return { errors: wordErrors(reference, found), confusions, judgements };
}

export function recognitionFigures(scores: readonly ClipScore[]): RecognitionFigures {
  const errors = sumWordErrors(scores.map((score) => score.errors));
  const judgements = scores.flatMap((score) => score.judgements);
  const confidence = judgements.reduce((sum, judgement) => sum + judgement.confidence, 0);
  return {
    clipCount: scores.length,
    ...errors,
    wer: wordErrorRate(errors),
    werInterval: bootstrapInterval(
      scores.map((score) => ({ numerator: editCount(score.errors), denominator: score.errors.words })),
    ),
    sentenceErrorRate: scores.filter((score) => editCount(score.errors) > 0).length / Math.max(1, scores.length),
    meanConfidence: judgements.length === 0 ? null : confidence / judgements.length,
    calibrationError: judgements.length === 0 ? null : calibrationError(judgements),
  };
}

/** The most frequent confusions, most frequent first, then in alphabetical order. */
export function frequentConfusions(scores: readonly ClipScore[], count: number): readonly CountedConfusion[] {
  const counted = new Map<string, CountedConfusion>();
  for (const confusion of scores.flatMap((score) => score.confusions)) {
    const key = `${confusion.reference} ${confusion.heard}`;
    counted.set(key, { ...confusion, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  return [...counted]
    .sort(([keyA, a], [keyB, b]) => b.count - a.count || (keyA < keyB ? -1 : 1))
    .slice(0, count)
    .map(([, confusion]) => confusion);
}

function editCount({ substitutions, deletions, insertions }: WordErrors): number {
  return substitutions + deletions + insertions;
}
