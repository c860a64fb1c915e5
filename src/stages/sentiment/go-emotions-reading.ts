/**
 * The English model's reading: 28 labels, each by itself, with a calibration per label.
 */
import { defined } from '../../core/assert.js';
import { affectOf, categoriesOf, goEmotions } from './go-emotions.js';
import type { SentimentLogits } from './sentiment-batch-model.js';
import {
  emotionProbabilities,
  parseSentimentCalibration,
  polarityProbabilities,
  type SentimentCalibration,
} from './sentiment-calibration.js';
import type { ReadSentiment, SentimentReading } from './sentiment-reading.js';

export class GoEmotionsReading implements SentimentReading {
  readonly languages: readonly string[];
  readonly lengths = [16, 32, 64] as const;
  readonly #calibration: SentimentCalibration;

  /** @param calibration parsed file beside the model. @throws MODEL_CORRUPT when it does not fit. */
  constructor(calibration: unknown) {
    this.#calibration = parseSentimentCalibration(calibration);
    this.languages = [this.#calibration.language];
  }

  languageTokenId(): null {
    return null;
  }

  read(logits: SentimentLogits): ReadSentiment {
    const probabilities = emotionProbabilities(logits.emotions, this.#calibration);
    return {
      sentiment: polarityProbabilities(logits.polarity, this.#calibration.polarityTemperature),
      emotions: Object.fromEntries(goEmotions.map(({ name }, index) => [name, defined(probabilities[index], name)])),
      categories: categoriesOf(probabilities),
      ...affectOf(probabilities),
      certainty: 1,
    };
  }
}
