/**
 * The shipped sentiment model through the stage: batched equals single, padding does not matter, plain cases come out right.
 *
 * Runs the ONNX file in this process, since what is checked is the model with its tokenizer and calibration; the worker and
 * the dynamic batcher have their own tests.
 */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import t from 'tap';
import { defined } from '../../src/core/assert.js';
import type { Batcher } from '../../src/inference/batcher.js';
import type { EmotionCategory } from '../../src/stages/emotion/emotion-category.js';
import { GoEmotionsReading } from '../../src/stages/sentiment/go-emotions-reading.js';
import { OnnxSentiment } from '../../src/stages/sentiment/onnx-sentiment.js';
import {
  sentimentBatchModel,
  type SentimentLogits,
  type SentimentRequest,
} from '../../src/stages/sentiment/sentiment-batch-model.js';

const modelFile = (name: string): string => new URL(`../../models/sentiment-en${name}`, import.meta.url).pathname;
const json = (name: string): object => JSON.parse(readFileSync(modelFile(name), 'utf8')) as object;

const session = await ort.InferenceSession.create(modelFile('.onnx'), { intraOpNumThreads: 1 });

async function runBatch(requests: readonly SentimentRequest[]): Promise<readonly SentimentLogits[]> {
  const feeds = Object.fromEntries(
    Object.entries(sentimentBatchModel.collate(requests)).map(([name, { data, shape }]) => [
      name,
      data instanceof BigInt64Array ? new ort.Tensor('int64', data, shape) : new ort.Tensor('float32', data, shape),
    ]),
  );
  const outputs = Object.fromEntries(
    Object.entries(await session.run(feeds)).map(([name, tensor]) => [
      name,
      { data: tensor.data as Float32Array, shape: tensor.dims },
    ]),
  );
  return sentimentBatchModel.split(outputs, requests.length);
}

const oneByOne: Batcher<SentimentRequest, SentimentLogits> = {
  modelName: 'sentiment-en',
  submit: async (request) => defined((await runBatch([request]))[0], 'the only row'),
  [Symbol.asyncDispose]: () => session.release(),
};

const stage = new OnnxSentiment({
  batcher: oneByOne,
  tokenizer: json('.tokenizer.json'),
  reading: new GoEmotionsReading(json('.json')),
});
const options = { language: 'en', callId: 'test', signal: new AbortController().signal, deadlineMs: Infinity };

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Infinity))));

t.test('batched equals single, and padding does not matter', async (t) => {
  const requests = [[5], [16, 3069, 3130], Array.from({ length: 16 }, (_, index) => 700 + 31 * index)].map(
    (tokenIds) => ({
      tokenIds,
      paddedLength: 16,
    }),
  );
  const together = await runBatch(requests);
  for (const [index, request] of requests.entries()) {
    const [alone] = await runBatch([request]);
    const [wider] = await runBatch([{ ...request, paddedLength: 64 }]);
    const batched = together[index];
    t.ok(alone !== undefined && wider !== undefined && batched !== undefined);
    t.ok(largestDifference(alone?.emotions ?? [], batched?.emotions ?? []) < 1e-4, 'emotions batched');
    t.ok(largestDifference(alone?.polarity ?? [], batched?.polarity ?? []) < 1e-4, 'polarity batched');
    t.ok(largestDifference(alone?.emotions ?? [], wider?.emotions ?? []) < 1e-4, 'emotions padded further');
  }
});

const cases: readonly [string, EmotionCategory, 'negative' | 'neutral' | 'positive', string | null][] = [
  ['I am so angry about this bill!', 'angry', 'negative', 'angry'],
  ['i am so angry about this bill', 'angry', 'negative', 'angry'],
  ['thank you so much that is wonderful', 'happy', 'positive', null],
  ["i'm scared i think somebody stole my card", 'fearful', 'negative', 'scared'],
  ['i feel so alone and sad today', 'sad', 'negative', 'sad'],
  ['can you book a table for two at seven', 'neutral', 'neutral', null],
  ['this food is disgusting', 'disgusted', 'negative', 'disgusting'],
];

for (const [text, category, polarity, word] of cases) {
  t.test(text, async (t) => {
    const { categories, sentiment, evidence } = await stage.analyse(text, options);
    t.equal(highest(categories), category, JSON.stringify(categories));
    t.equal(highest(sentiment), polarity, JSON.stringify(sentiment));
    if (word !== null) t.equal(evidence[0]?.text, word);
  });
}

function highest<Name extends string>(shares: Readonly<Record<Name, number>>): Name {
  const names = Object.keys(shares) as Name[];
  return names.reduce((best, name) => (shares[name] > shares[best] ? name : best));
}

t.teardown(() => stage[Symbol.asyncDispose]());
