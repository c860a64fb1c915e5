/**
 * The shipped multilingual model through the stage, in every language it claims: sentences whose polarity nobody would
 * dispute, as a recogniser gives them; Chinese emotions; batched equals single; languages without emotions say so.
 */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import t from 'tap';
import { defined } from '../../src/core/assert.js';
import type { Batcher } from '../../src/inference/batcher.js';
import type { EmotionCategory } from '../../src/stages/emotion/emotion-category.js';
import { MultilingualReading } from '../../src/stages/sentiment/multilingual-reading.js';
import { OnnxSentiment } from '../../src/stages/sentiment/onnx-sentiment.js';
import {
  sentimentBatchModel,
  type SentimentLogits,
  type SentimentRequest,
} from '../../src/stages/sentiment/sentiment-batch-model.js';

const modelFile = (name: string): string => new URL(`../../models/sentiment-multi${name}`, import.meta.url).pathname;
const json = (name: string): object => JSON.parse(readFileSync(modelFile(name), 'utf8')) as object;

const session = await ort.InferenceSession.create(modelFile('.onnx'), { intraOpNumThreads: 1, logSeverityLevel: 3 });

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
  modelName: 'sentiment-multi',
  submit: async (request) => defined((await runBatch([request]))[0], 'the only row'),
  [Symbol.asyncDispose]: () => session.release(),
};

const stage = new OnnxSentiment({
  batcher: oneByOne,
  tokenizer: json('.tokenizer.json'),
  reading: new MultilingualReading(json('.json')),
});
const options = { callId: 'test', signal: new AbortController().signal, deadlineMs: Infinity };

t.test('knows the nine languages of its card', (t) => {
  t.same([...stage.languages].sort(), ['ar', 'de', 'en', 'es', 'fr', 'hi', 'it', 'pt', 'zh']);
  t.end();
});

t.test('batched equals single, and padding does not matter', async (t) => {
  const requests = [
    [3, 300],
    [10, 5000, 5001, 5002],
    [4, ...Array.from({ length: 28 }, (_, index) => 200 + 23 * index)],
  ].map((tokenIds) => ({ tokenIds, paddedLength: 32 }));
  const together = await runBatch(requests);
  const difference = (a: readonly number[] = [], b: readonly number[] = []): number =>
    Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Infinity))));
  for (const [index, request] of requests.entries()) {
    const [alone] = await runBatch([request]);
    const [wider] = await runBatch([{ ...request, paddedLength: 192 }]);
    t.ok(difference(alone?.emotions, together[index]?.emotions) < 1e-3, 'emotions batched');
    t.ok(difference(alone?.polarity, together[index]?.polarity) < 1e-3, 'polarity batched');
    t.ok(difference(alone?.polarity, wider?.polarity) < 1e-3, 'polarity padded further');
  }
});

/** Language, an unpleasant sentence, a pleasant one. None stands among the phrases of the training data. */
const pairs: readonly (readonly [string, string, string])[] = [
  [
    'de',
    'so eine schlechte bedienung habe ich noch nie erlebt',
    'ich bin sehr glücklich vielen dank für die tolle hilfe',
  ],
  [
    'fr',
    'ce service est vraiment horrible et je suis très en colère',
    'je suis très content merci beaucoup pour votre aide',
  ],
  [
    'es',
    'este servicio es realmente horrible y estoy muy enfadado',
    'estoy muy contento muchas gracias por su excelente ayuda',
  ],
  [
    'it',
    'questo servizio è davvero pessimo e sono molto arrabbiato',
    'sono molto contento grazie mille per il vostro ottimo aiuto',
  ],
  ['pt', 'este serviço é realmente péssimo e estou muito triste', 'estou muito feliz muito obrigado pela ótima ajuda'],
  ['ar', 'هذه الخدمة سيئة جدا وأنا غاضب', 'أنا سعيد جدا شكرا على المساعدة الرائعة'],
  ['hi', 'यह सेवा बहुत खराब है और मैं बहुत दुखी हूँ', 'मैं बहुत खुश हूँ मदद के लिए बहुत धन्यवाद'],
  ['zh', '你们的服务太差了我非常生气', '我很高兴非常感谢你的帮助'],
];

for (const [language, unpleasant, pleasant] of pairs) {
  t.test(`${language}: tells the unpleasant from the pleasant`, async (t) => {
    const bad = await stage.analyse(unpleasant, { ...options, language });
    const good = await stage.analyse(pleasant, { ...options, language });
    t.equal(highest(bad.sentiment), 'negative', JSON.stringify(bad.sentiment));
    t.equal(highest(good.sentiment), 'positive', JSON.stringify(good.sentiment));
    t.ok(bad.valence < 0.5 && good.valence > 0.5);
    t.equal(highest(good.categories), 'happy', JSON.stringify(good.categories));
    t.ok(good.evidence.length > 0, 'says what it goes by');
    for (const { text, startChar } of good.evidence) {
      t.equal(pleasant.slice(startChar, startChar + text.length), text);
    }
  });
}

const chinese: readonly (readonly [string, EmotionCategory, string])[] = [
  ['气死我了我要投诉你们', 'angry', '气死'],
  ['我今天很难过一直想哭', 'sad', '难过'],
  ['太开心了谢谢你们', 'happy', '开心'],
  ['我很害怕不敢一个人睡', 'fearful', '害怕'],
];

for (const [text, category, word] of chinese) {
  t.test(`zh: ${text} is ${category}`, async (t) => {
    const { categories, evidence, emotions } = await stage.analyse(text, { ...options, language: 'zh-CN' });
    t.equal(highest(categories), category, JSON.stringify(categories));
    t.ok(
      evidence.some((reason) => reason.weight > 0 && (reason.text.includes(word) || word.includes(reason.text))),
      JSON.stringify(evidence.map((reason) => reason.text)),
    );
    t.equal(emotions['gratitude'], 0, 'what it was never taught it does not claim');
  });
}

t.test('a plain request is neutral, and polarity alone gives less confidence than emotions do', async (t) => {
  const { sentiment } = await stage.analyse('ich möchte einen termin am montag vereinbaren', {
    ...options,
    language: 'de',
  });
  t.equal(highest(sentiment), 'neutral', JSON.stringify(sentiment));
  const german = await stage.analyse('das ist furchtbar', { ...options, language: 'de-AT' });
  t.ok(german.confidence <= 0.6 * Math.max(...Object.values(german.categories)));
});

function highest<Name extends string>(shares: Readonly<Record<Name, number>>): Name {
  const names = Object.keys(shares) as Name[];
  return names.reduce((best, name) => (shares[name] > shares[best] ? name : best));
}

t.teardown(() => stage[Symbol.asyncDispose]());
