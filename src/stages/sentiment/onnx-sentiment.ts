/**
 * Text sentiment with the network of training/sentiment: one batch holds the sentence and its variants without a
 * word or a phrase.
 *
 * Tokenising happens on the calling thread (tens of microseconds a sentence), the network behind the batcher. The stage
 * owns neither the batcher's worker nor the files; disposing it disposes the batcher it was given.
 */
import { setMaxListeners } from 'node:events';
import { CancelledError } from '../../core/errors.js';
import { defined } from '../../core/assert.js';
import { primaryLanguage } from '../../core/language-tag.js';
import type { Batcher } from '../../inference/batcher.js';
import { emotionCategories, type EmotionCategory } from '../emotion/emotion-category.js';
import { affectOf, categoriesOf, goEmotions } from './go-emotions.js';
import { unsupportedLanguage } from './sentiment-by-language.js';
import type { SentimentOptions, SentimentStage, TextSentiment } from './sentiment.js';
import { paddedLengthOf, type SentimentLogits, type SentimentRequest } from './sentiment-batch-model.js';
import type { SentimentReading } from './sentiment-reading.js';
import { occlusionSpans, tellingEvidence, type SpanEvidence, type WordSpan } from './sentiment-evidence.js';
import { lastWordsWithin, sentimentWords, unknownTokenId, type SentimentWord } from './sentiment-words.js';
import { createSubwordTokenizer, type SubwordTokenizer } from './subword-tokenizer.js';

export interface OnnxSentimentOptions {
  readonly batcher: Batcher<SentimentRequest, SentimentLogits>;
  /** Parsed tokenizer.json the model was trained with. */
  readonly tokenizer: object;
  /** What the network's logits mean. */
  readonly reading: SentimentReading;
  /** Words left out one at a time per sentence, 0 for no evidence at all; 16 by default. */
  readonly maxOccludedWords?: number;
}

const nothing: WordSpan = { firstWord: 0, wordCount: 0 };

export class OnnxSentiment implements SentimentStage {
  readonly name: string;
  readonly languages: readonly string[];
  readonly #batcher: Batcher<SentimentRequest, SentimentLogits>;
  readonly #tokenizer: SubwordTokenizer;
  readonly #reading: SentimentReading;
  readonly #maxOccludedWords: number;

  constructor(options: OnnxSentimentOptions) {
    this.#batcher = options.batcher;
    this.#tokenizer = createSubwordTokenizer(options.tokenizer);
    this.#reading = options.reading;
    this.#maxOccludedWords = options.maxOccludedWords ?? 16;
    this.name = options.batcher.modelName;
    this.languages = options.reading.languages;
  }

  async analyse(text: string, options: SentimentOptions): Promise<TextSentiment> {
    const language = primaryLanguage(options.language);
    if (!this.languages.includes(language)) throw unsupportedLanguage(options.language, this.languages);
    const { lengths } = this.#reading;
    const languageTokenId = this.#reading.languageTokenId(language);
    const prefix = languageTokenId === null ? [] : [languageTokenId];
    const words = lastWordsWithin(
      sentimentWords(text, this.#tokenizer),
      defined(lengths.at(-1), 'longest length') - prefix.length,
    );
    if (words.length === 0) return emptySentiment();

    const tokenCount = words.reduce((count, word) => count + word.tokenIds.length, prefix.length);
    const paddedLength = paddedLengthOf(tokenCount, lengths);
    const spans = occlusionSpans(words, this.#maxOccludedWords);
    const [whole, ...variants] = await this.#submitTogether(
      [nothing, ...spans].map(({ firstWord, wordCount }) => ({
        tokenIds: [...prefix, ...words.toSpliced(firstWord, wordCount).flatMap((word) => word.tokenIds)],
        paddedLength,
      })),
      options,
    );
    const logits = defined(whole, 'result of the whole sentence');
    const { certainty, ...read } = this.#reading.read(logits, language, text);
    const { categories } = read;
    const highest = highestCategory(categories);
    const tried = spans.map((span, index): SpanEvidence => {
      const variant = defined(variants[index], 'result of a variant');
      const categoriesWithout = this.#reading.read(variant, language, text).categories;
      const weight = categories[highest] - categoriesWithout[highest];
      return { ...span, evidence: { ...placeOf(span, words, text), weight, categoriesWithout } };
    });
    const tokenIds = words.flatMap((word) => word.tokenIds);
    const knownShare = tokenIds.filter((id) => id !== unknownTokenId).length / tokenIds.length;
    return {
      ...read,
      confidence: categories[highest] * knownShare * certainty,
      evidence: tellingEvidence(tried),
    };
  }

  /**
   * Submits all rows of one utterance. They share a signal of their own, so that the turn's signal gains one listener
   * instead of one per row, and one failure takes the others out of the queue.
   */
  async #submitTogether(
    requests: readonly SentimentRequest[],
    { signal, deadlineMs, callId }: SentimentOptions,
  ): Promise<readonly SentimentLogits[]> {
    const together = new AbortController();
    setMaxListeners(requests.length, together.signal);
    const cancel = (): void => {
      together.abort(signal.reason);
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await Promise.all(
        requests.map((request) => this.#batcher.submit(request, { signal: together.signal, deadlineMs, callId })),
      );
    } catch (error) {
      together.abort(new CancelledError('sibling-failed'));
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batcher[Symbol.asyncDispose]();
  }
}

/** The span as it stands in the text. */
function placeOf(span: WordSpan, words: readonly SentimentWord[], text: string): { text: string; startChar: number } {
  const first = defined(words[span.firstWord], 'first word of a span');
  const last = defined(words[span.firstWord + span.wordCount - 1], 'last word of a span');
  return { text: text.slice(first.startChar, last.startChar + last.text.length), startChar: first.startChar };
}

function highestCategory(categories: Readonly<Record<EmotionCategory, number>>): EmotionCategory {
  return emotionCategories.reduce((best, category) => (categories[category] > categories[best] ? category : best));
}

/** A text without words says nothing: even distributions, middle affect, no confidence. */
function emptySentiment(): TextSentiment {
  const none = goEmotions.map(() => 0);
  return {
    sentiment: { negative: 1 / 3, neutral: 1 / 3, positive: 1 / 3 },
    emotions: Object.fromEntries(goEmotions.map(({ name }) => [name, 0])),
    categories: categoriesOf(none),
    ...affectOf(none),
    confidence: 0,
    evidence: [],
  };
}
