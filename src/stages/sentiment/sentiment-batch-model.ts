/**
 * How sentences become a batch of the sentiment network and its outputs become rows.
 *
 *   in   input_ids        int64   [batch, length]  token ids of the tokenizer beside the model; 0 is padding
 *        mask             float32 [batch, length]  1 for a token, 0 for padding
 *   out  emotion_logits   float32 [batch, labels]  one per label of the model, before calibration
 *        polarity_logits  float32 [batch, 3]       negative, neutral, positive, before calibration
 *
 * Padding does not change a row (the network masks it), so a sentence's result depends on itself alone.
 */
import { assert, defined } from '../../core/assert.js';
import type { BatchModel } from '../../inference/batcher.js';
import type { TensorMap } from '../../inference/tensor.js';

const polarityCount = 3;

export interface SentimentRequest {
  /** 1…`paddedLength` token ids, the language's first where the network has several. */
  readonly tokenIds: readonly number[];
  /** One of the reading's `lengths`. A sentence and its variants share the sentence's, so that they share a batch. */
  readonly paddedLength: number;
}

export interface SentimentLogits {
  /** In the order of the model's labels. */
  readonly emotions: readonly number[];
  /** Negative, neutral, positive. */
  readonly polarity: readonly number[];
}

/**
 * A row alone is computed by another kernel than the same row among others, and differs in the sixth digit. With a spare
 * row beside it every result is the same whatever it was batched with.
 */
const leastRows = 2;

/** The smallest of the rising `lengths` that holds `tokenCount` tokens, or the largest one there is. */
export function paddedLengthOf(tokenCount: number, lengths: readonly number[]): number {
  return lengths.find((length) => tokenCount <= length) ?? defined(lengths.at(-1), 'longest length');
}

export const sentimentBatchModel: BatchModel<SentimentRequest, SentimentLogits> = {
  bucketOf: (request) => String(request.paddedLength),

  collate(requests): TensorMap {
    const length = defined(requests[0], 'first request').paddedLength;
    const rows = Math.max(leastRows, requests.length);
    const inputIds = new BigInt64Array(rows * length);
    const mask = new Float32Array(rows * length);
    for (const [row, request] of requests.entries()) {
      assert(
        request.tokenIds.length > 0 && request.tokenIds.length <= length,
        'a sentence must have 1…paddedLength tokens',
      );
      for (const [column, id] of request.tokenIds.entries()) {
        inputIds[row * length + column] = BigInt(id);
        mask[row * length + column] = 1;
      }
    }
    // A network that normalises by its mask wants one token in every row.
    for (let spare = requests.length; spare < rows; spare += 1) mask[spare * length] = 1;
    const shape = [rows, length];
    return { input_ids: { data: inputIds, shape }, mask: { data: mask, shape } };
  },

  split(outputs, requestCount): readonly SentimentLogits[] {
    const emotions = defined(outputs['emotion_logits'], 'emotion_logits').data;
    const polarity = defined(outputs['polarity_logits'], 'polarity_logits').data;
    const rows = (data: Float32Array | BigInt64Array, row: number, width: number): number[] =>
      Array.from(data.subarray(row * width, (row + 1) * width), Number);
    const labelCount = defined(defined(outputs['emotion_logits'], 'emotion_logits').shape[1], 'labels');
    const rowCount = Math.min(Math.floor(emotions.length / labelCount), Math.floor(polarity.length / polarityCount));
    return Array.from({ length: Math.min(rowCount, requestCount) }, (_, row) => ({
      emotions: rows(emotions, row, labelCount),
      polarity: rows(polarity, row, polarityCount),
    }));
  },
};
