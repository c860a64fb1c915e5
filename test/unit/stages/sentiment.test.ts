/**
 * The text sentiment stage over a network made of addends: what it submits, what it concludes, what it refuses.
 */
import { getEventListeners } from 'node:events';
import t from 'tap';
import { AttuneError, CancelledError, isCancelled } from '../../../src/core/errors.js';
import type { Batcher, SubmitOptions } from '../../../src/inference/batcher.js';
import { goEmotions } from '../../../src/stages/sentiment/go-emotions.js';
import { GoEmotionsReading } from '../../../src/stages/sentiment/go-emotions-reading.js';
import { OnnxSentiment } from '../../../src/stages/sentiment/onnx-sentiment.js';
import type { SentimentLogits, SentimentRequest } from '../../../src/stages/sentiment/sentiment-batch-model.js';

const vocabulary = ['[PAD]', '[UNK]', 'this', 'is', 'great', 'terrible', 'not', 'bill', 'i', 'am', '!', '##s'];

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\p{L}\\p{M}]+|[^\\s]' }, behavior: 'Removed', invert: true },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 40,
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
  },
};

const calibration = {
  language: 'en',
  labels: goEmotions.map(({ name }) => name),
  slopes: goEmotions.map(() => 1),
  offsets: goEmotions.map(() => 0),
  thresholds: goEmotions.map(() => 0.3),
  polarityTemperature: 1,
};
const reading = new GoEmotionsReading(calibration);

const joy = goEmotions.findIndex(({ name }) => name === 'joy');
const anger = goEmotions.findIndex(({ name }) => name === 'anger');
const neutral = goEmotions.findIndex(({ name }) => name === 'neutral');

/** Adds what each word says: `great` is joy, `terrible` anger, `not` takes from joy. */
class AddingBatcher implements Batcher<SentimentRequest, SentimentLogits> {
  readonly modelName = 'adding';
  readonly requests: { readonly request: SentimentRequest; readonly options: SubmitOptions }[] = [];
  disposed = false;

  submit(request: SentimentRequest, options: SubmitOptions): Promise<SentimentLogits> {
    this.requests.push({ request, options });
    if (options.signal.aborted) return Promise.reject(options.signal.reason as Error);
    const emotions = goEmotions.map(() => -5);
    emotions[neutral] = 0;
    const polarity = [0, 0, 0];
    for (const id of request.tokenIds) {
      const word = vocabulary[id];
      if (word === 'great') {
        emotions[joy] = (emotions[joy] ?? 0) + 7;
        polarity[2] = 3;
      }
      if (word === 'terrible') {
        emotions[anger] = (emotions[anger] ?? 0) + 7;
        polarity[0] = 3;
      }
      if (word === 'not') emotions[joy] = (emotions[joy] ?? 0) - 1;
    }
    return Promise.resolve({ emotions, polarity });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

const options = { language: 'en-US', callId: 'call-1', signal: new AbortController().signal, deadlineMs: 1000 };

t.test('reads polarity, categories and affect from the words', async (t) => {
  const stage = new OnnxSentiment({ batcher: new AddingBatcher(), tokenizer, reading });
  const good = await stage.analyse('This is great!', options);
  const bad = await stage.analyse('this is terrible', options);
  t.ok(good.sentiment.positive > 0.8 && bad.sentiment.negative > 0.8);
  t.ok(good.categories.happy > good.categories.angry && bad.categories.angry > bad.categories.happy);
  t.ok(good.valence > 0.5 && bad.valence < 0.5);
  const sum = Object.values(good.categories).reduce((total, share) => total + share, 0);
  t.ok(Math.abs(sum - 1) < 1e-9);
  t.equal(Object.keys(good.emotions).length, 28);
});

t.test('evidence is what leaving the word out changes', async (t) => {
  const batcher = new AddingBatcher();
  const stage = new OnnxSentiment({ batcher, tokenizer, reading });
  const text = 'this is not great!';
  const whole = await stage.analyse(text, options);
  const [first, second] = whole.evidence;
  t.equal(first?.text, 'great!');
  t.equal(text.slice(first?.startChar, (first?.startChar ?? 0) + 5), 'great');
  t.ok((first?.weight ?? 0) > 0, 'great speaks for happy');
  t.equal(second?.text, 'not');
  t.ok((second?.weight ?? 0) < 0, 'not speaks against it');
  const without = await stage.analyse('this is not', options);
  t.strictSame(first?.categoriesWithout, without.categories, 'the same as analysing the text without the word');
});

t.test('a sentence and its variants share the padded length and the caller', async (t) => {
  const batcher = new AddingBatcher();
  const stage = new OnnxSentiment({ batcher, tokenizer, reading });
  await stage.analyse(Array.from({ length: 17 }, () => 'great').join(' '), options);
  t.equal(batcher.requests.length, 1 + 16 + 5, 'the sentence, sixteen words, five phrases');
  t.ok(batcher.requests.every(({ request }) => request.paddedLength === 32));
  t.ok(
    batcher.requests.every(
      (submitted) => submitted.options.callId === 'call-1' && submitted.options.deadlineMs === 1000,
    ),
  );
});

t.test('limits: words left out, tokens per sentence', async (t) => {
  const batcher = new AddingBatcher();
  const stage = new OnnxSentiment({ batcher, tokenizer, reading, maxOccludedWords: 3 });
  const endless = `terrible ${Array.from({ length: 200 }, () => 'bill').join(' ')} great`;
  const result = await stage.analyse(endless, options);
  t.equal(batcher.requests.length, 1 + 3 + 10, 'the sentence, three words, ten phrases');
  t.equal(batcher.requests[0]?.request.tokenIds.length, 64, 'the last 64 tokens are read');
  t.ok(result.categories.happy > result.categories.angry, 'the end counts');
  t.match(result.evidence[0], { text: 'great', startChar: endless.length - 5 });
});

for (const text of ['', '   ', '\u0000']) {
  t.test(`a text without words says nothing: ${JSON.stringify(text)}`, async (t) => {
    const batcher = new AddingBatcher();
    const result = await new OnnxSentiment({ batcher, tokenizer, reading }).analyse(text, options);
    if (batcher.requests.length === 0) t.match(result, { confidence: 0, evidence: [], sentiment: { neutral: 1 / 3 } });
    else t.equal(result.confidence, 0, 'unknown characters give no confidence');
  });
}

t.test('unknown words lower the confidence', async (t) => {
  const stage = new OnnxSentiment({ batcher: new AddingBatcher(), tokenizer, reading });
  const known = await stage.analyse('this is great', options);
  const unknown = await stage.analyse('this qqq great', options);
  t.ok(unknown.confidence < known.confidence);
});

t.test('refuses a language it has no model for, naming the ones it has', async (t) => {
  const batcher = new AddingBatcher();
  const stage = new OnnxSentiment({ batcher, tokenizer, reading });
  const error = await stage.analyse('hallo', { ...options, language: 'de-DE' }).catch((reason: unknown) => reason);
  t.ok(error instanceof AttuneError);
  t.match(error, { code: 'LANGUAGE_UNSUPPORTED', field: 'language', hint: /en/ });
  t.equal(batcher.requests.length, 0);
});

t.test('a cancelled turn rejects with its reason', async (t) => {
  const controller = new AbortController();
  controller.abort(new CancelledError('barge-in'));
  const stage = new OnnxSentiment({ batcher: new AddingBatcher(), tokenizer, reading });
  const reason = await stage
    .analyse('this is great', { ...options, signal: controller.signal })
    .catch((error: unknown) => error);
  t.ok(isCancelled(reason) && reason.reason === 'barge-in');
});

t.test('one row that fails takes the others out of the queue, and the turn’s signal keeps no listener', async (t) => {
  const signals: AbortSignal[] = [];
  const failing: Batcher<SentimentRequest, SentimentLogits> = {
    modelName: 'failing',
    submit: (_, { signal }) => {
      signals.push(signal);
      if (signals.length === 2) return Promise.reject(new AttuneError('OVERLOADED', 'full'));
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const turn = new AbortController();
  const stage = new OnnxSentiment({ batcher: failing, tokenizer, reading });
  await t.rejects(stage.analyse('this is not great', { ...options, signal: turn.signal }), { code: 'OVERLOADED' });
  t.ok(signals.length > 2 && signals.every(({ aborted }) => aborted));
  t.equal(getEventListeners(turn.signal, 'abort').length, 0);
});

t.test('refuses a calibration that is not the model’s', (t) => {
  const create = (broken: unknown): GoEmotionsReading => new GoEmotionsReading(broken);
  t.throws(() => create({ ...calibration, slopes: [1] }), { code: 'MODEL_CORRUPT' });
  t.throws(() => create({ ...calibration, labels: calibration.labels.toReversed() }), { code: 'MODEL_CORRUPT' });
  t.throws(() => create({ ...calibration, polarityTemperature: 0 }), { code: 'MODEL_CORRUPT' });
  t.end();
});

t.test('disposing disposes the batcher', async (t) => {
  const batcher = new AddingBatcher();
  await new OnnxSentiment({ batcher, tokenizer, reading })[Symbol.asyncDispose]();
  t.ok(batcher.disposed);
});
