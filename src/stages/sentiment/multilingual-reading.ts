/**
 * The multilingual model's reading: seven emotions that exclude one another where training had them, polarity elsewhere.
 *
 * In a language that training knew by polarity alone the categories are what a polarity usually means: its share spread as
 * the negative and positive labels of GoEmotions' training split are when gathered by `goEmotions` (48 % angry, 29 % sad,
 * 15 % disgusted, 8 % fearful; 76 % happy, 22 % calm). Such an answer says little, and its certainty says so.
 */
import { z } from 'zod';
import { defined } from '../../core/assert.js';
import { AttuneError } from '../../core/errors.js';
import { expectedPosition } from '../emotion/affect-position.js';
import type { EmotionCategory } from '../emotion/emotion-category.js';
import { categoriesOf, goEmotions } from './go-emotions.js';
import type { SentimentLogits } from './sentiment-batch-model.js';
import { polarityProbabilities, softmax } from './sentiment-calibration.js';
import type { ReadSentiment, SentimentReading } from './sentiment-reading.js';

const goEmotionNames: ReadonlySet<string> = new Set(goEmotions.map(({ name }) => name));

const calibrationSchema = z.strictObject({
  labels: z.array(z.string().refine((name) => goEmotionNames.has(name), 'not a GoEmotions label')),
  emotionLanguages: z.array(z.string()),
  emotionTemperature: z.number().positive(),
  languageTokenIds: z.record(z.string(), z.int().positive()),
  polarityTemperatures: z.record(z.string(), z.number().positive()),
});

const categoriesOfPolarity: Readonly<
  Record<'negative' | 'neutral' | 'positive', Readonly<Record<EmotionCategory, number>>>
> = {
  negative: {
    angry: 0.48,
    sad: 0.29,
    disgusted: 0.15,
    fearful: 0.08,
    neutral: 0,
    calm: 0,
    happy: 0,
    surprised: 0,
  },
  neutral: { neutral: 1, angry: 0, sad: 0, disgusted: 0, fearful: 0, calm: 0, happy: 0, surprised: 0 },
  positive: { happy: 0.77, calm: 0.23, neutral: 0, angry: 0, sad: 0, disgusted: 0, fearful: 0, surprised: 0 },
};
/** Which unpleasant feeling a negative text names stays unknown. */
const polarityCertainty = 0.6;

export class MultilingualReading implements SentimentReading {
  readonly languages: readonly string[];
  /** Characters, after the language's token: sentences of up to 191. */
  readonly lengths = [32, 64, 128, 192] as const;
  readonly #calibration: z.infer<typeof calibrationSchema>;

  /** @param calibration parsed file beside the model. @throws MODEL_CORRUPT when it does not fit. */
  constructor(calibration: unknown) {
    const parsed = calibrationSchema.safeParse(calibration);
    if (!parsed.success) {
      throw new AttuneError('MODEL_CORRUPT', `sentiment calibration: ${z.prettifyError(parsed.error)}`, {
        cause: parsed.error,
      });
    }
    this.#calibration = parsed.data;
    this.languages = Object.keys(parsed.data.polarityTemperatures).filter((tag) => !tag.includes('-'));
    for (const language of this.languages) this.languageTokenId(language);
  }

  languageTokenId(language: string): number {
    const id = this.#calibration.languageTokenIds[language];
    if (id === undefined) throw new AttuneError('MODEL_CORRUPT', `sentiment calibration: no token for '${language}'`);
    return id;
  }

  read(logits: SentimentLogits, language: string, text: string): ReadSentiment {
    const { labels, emotionLanguages, emotionTemperature } = this.#calibration;
    const sentiment = polarityProbabilities(logits.polarity, this.#polarityTemperature(language, text));
    if (!emotionLanguages.includes(language)) return readByPolarity(sentiment);
    const shares = softmax(logits.emotions, emotionTemperature);
    const ofLabel = new Map(labels.map((name, index) => [name, defined(shares[index], name)]));
    const probabilities = goEmotions.map(({ name }) => ofLabel.get(name) ?? 0);
    const categories = categoriesOf(probabilities);
    return {
      sentiment,
      emotions: Object.fromEntries(goEmotions.map(({ name }) => [name, ofLabel.get(name) ?? 0])),
      categories,
      ...expectedPosition(categories),
      certainty: 1,
    };
  }

  /** Hindi written in Latin letters is a language of its own to the model, and one it knows less well. */
  #polarityTemperature(language: string, text: string): number {
    const { polarityTemperatures } = this.#calibration;
    const inLatinLetters = otherThanLatinLetter.test(text) ? undefined : polarityTemperatures[`${language}-Latn`];
    return inLatinLetters ?? defined(polarityTemperatures[language], 'temperature of a language that is read');
  }
}

const otherThanLatinLetter = /(?!\p{Script=Latin})\p{L}/u;

function readByPolarity(sentiment: ReadSentiment['sentiment']): ReadSentiment {
  const { negative, neutral, positive } = categoriesOfPolarity;
  const categories = Object.fromEntries(
    (Object.keys(neutral) as EmotionCategory[]).map((category) => [
      category,
      sentiment.negative * negative[category] +
        sentiment.neutral * neutral[category] +
        sentiment.positive * positive[category],
    ]),
  ) as Record<EmotionCategory, number>;
  return {
    sentiment,
    emotions: Object.fromEntries(goEmotions.map(({ name }) => [name, name === 'neutral' ? sentiment.neutral : 0])),
    categories,
    ...expectedPosition(categories),
    certainty: polarityCertainty,
  };
}
