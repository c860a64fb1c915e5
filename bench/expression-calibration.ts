/**
 * How often an expression is there when its score says so, on the dev split of GoEmotions: words as a recogniser gives them,
 * through the text model, fusion and the table of expressions, as in a call without a voice.
 *
 * An expression counts as there when a rater gave the sentence one of the labels that it is read from with the largest weight.
 * An expression read from no label cannot be measured so.
 */
import { setMaxListeners } from 'node:events';
import { estimateTurn } from '../src/pipeline/turn-estimate.js';
import { calibrationError } from '../src/stages/calibration-error.js';
import { expressionPieces, expressions, type Expression } from '../src/stages/fusion/expression-scores.js';
import type { SentimentStage } from '../src/stages/sentiment/sentiment.js';
import { goEmotionsDev, spokenForm } from './sentiment-f1.js';

export interface ExpressionFigures {
  readonly expression: Expression;
  readonly labels: readonly string[];
  /** Share of sentences that have it. */
  readonly share: number;
  readonly meanScore: number;
  /** Expected calibration error of the score, ten bins. */
  readonly calibrationError: number;
  /** By tenths of the score: sentences, and the share that has it. */
  readonly tenths: readonly { readonly count: number; readonly share: number }[];
  /** Chance that a sentence with it scores higher than one without (area under the ROC curve). */
  readonly auc: number;
}

export interface ExpressionBenchOptions {
  readonly stage: SentimentStage;
  /** Folder with text/goemotions.tsv.xz. */
  readonly corporaFolder: string;
  readonly signal: AbortSignal;
}

const concurrency = 32;

/** Null when the corpus is not there. */
export async function measureExpressions(
  options: ExpressionBenchOptions,
): Promise<readonly ExpressionFigures[] | null> {
  const { stage, corporaFolder, signal } = options;
  const rows = await goEmotionsDev(corporaFolder);
  if (rows === null) return null;
  setMaxListeners(concurrency + 1, signal);
  const judged: { readonly labels: ReadonlySet<string>; readonly scores: Readonly<Record<Expression, number>> }[] = [];
  const waiting = rows.values();
  const worker = async (): Promise<void> => {
    for (const { labels, text } of waiting) {
      const spoken = spokenForm(text);
      const sentiment = await stage.analyse(spoken, { language: 'en', callId: 'bench', signal, deadlineMs: Infinity });
      const words = { text: spoken, confidence: null, language: 'en', speechMs: 0, snrDb: null };
      const { expressions: scores } = estimateTurn(words, { voice: null, text: sentiment });
      judged.push({ labels, scores });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return expressions.flatMap((expression) => {
    const labels = labelsOf(expression);
    if (labels.length === 0) return [];
    const judgements = judged.map((one) => ({
      confidence: one.scores[expression],
      right: labels.some((label) => one.labels.has(label)),
    }));
    return [{ expression, labels, ...figuresOf(judgements) }];
  });
}

/** The labels of the largest weight that the expression is read from. */
function labelsOf(expression: Expression): readonly string[] {
  const pieces = expressionPieces[expression].filter(({ from }) => from === 'words');
  const most = Math.max(...pieces.map(({ weight }) => weight));
  return pieces.filter(({ weight }) => weight === most).map(({ name }) => name);
}

function figuresOf(
  judgements: readonly { readonly confidence: number; readonly right: boolean }[],
): Omit<ExpressionFigures, 'expression' | 'labels'> {
  const share = (list: typeof judgements): number =>
    list.filter(({ right }) => right).length / Math.max(1, list.length);
  const tenths = Array.from({ length: 10 }, (_, tenth) => {
    const inside = judgements.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === tenth);
    return { count: inside.length, share: share(inside) };
  });
  return {
    share: share(judgements),
    meanScore: judgements.reduce((sum, { confidence }) => sum + confidence, 0) / judgements.length,
    calibrationError: calibrationError(judgements),
    tenths,
    auc: aucOf(judgements),
  };
}

/** By ranks, ties counted half (Mann and Whitney). */
function aucOf(judgements: readonly { readonly confidence: number; readonly right: boolean }[]): number {
  const sorted = [...judgements].sort((a, b) => a.confidence - b.confidence);
  let [below, wins, positives] = [0, 0, 0];
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (end < sorted.length && sorted[end]!.confidence === sorted[at]!.confidence) end += 1;
    const tied = sorted.slice(at, end);
    const right = tied.filter((one) => one.right).length;
    wins += right * (below + (tied.length - right) / 2);
    below += tied.length - right;
    positives += right;
    at = end;
  }
  return wins / Math.max(1, positives * below);
}
