/**
 * From the network's logits to probabilities that mean what they say.
 *
 * The numbers come from the file beside the model (fitted by training/sentiment on a slice of the training data): a slope
 * and an offset per emotion (Platt scaling), one temperature for polarity, and per emotion the probability from which it
 * counts as present when labels are wanted rather than probabilities.
 */
import { z } from 'zod';
import { AttuneError } from '../../core/errors.js';
import { defined } from '../../core/assert.js';
import { goEmotions } from './go-emotions.js';

const perLabel = z.array(z.number()).length(goEmotions.length);

const calibrationSchema = z.object({
  language: z.string(),
  labels: z
    .array(z.string())
    .refine(
      (names) => names.join() === goEmotions.map(({ name }) => name).join(),
      'not the 28 GoEmotions labels in order',
    ),
  slopes: perLabel,
  offsets: perLabel,
  thresholds: perLabel,
  polarityTemperature: z.number().positive(),
});

export type SentimentCalibration = Readonly<z.infer<typeof calibrationSchema>>;

/** Checks the parsed content of a calibration file. @throws MODEL_CORRUPT naming what is wrong. */
export function parseSentimentCalibration(content: unknown): SentimentCalibration {
  const parsed = calibrationSchema.safeParse(content);
  if (!parsed.success) {
    throw new AttuneError('MODEL_CORRUPT', `sentiment calibration: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}

/** One probability 0…1 per emotion, each by itself. */
export function emotionProbabilities(logits: readonly number[], calibration: SentimentCalibration): number[] {
  return logits.map((logit, index) => {
    const slope = defined(calibration.slopes[index], 'slope');
    const offset = defined(calibration.offsets[index], 'offset');
    return 1 / (1 + Math.exp(-(slope * logit + offset)));
  });
}

/** Negative, neutral and positive, sum 1. */
export function polarityProbabilities(
  logits: readonly number[],
  temperature: number,
): { negative: number; neutral: number; positive: number } {
  const shares = softmax(logits, temperature);
  const share = (index: number): number => defined(shares[index], 'polarity logit');
  return { negative: share(0), neutral: share(1), positive: share(2) };
}

/** Probabilities with sum 1; a temperature above 1 makes them less sure. */
export function softmax(logits: readonly number[], temperature: number): number[] {
  const scaled = logits.map((logit) => logit / temperature);
  const highest = Math.max(...scaled);
  const weights = scaled.map((logit) => Math.exp(logit - highest));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
