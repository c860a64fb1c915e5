/**
 * Several text models as one stage: each language goes to the first model that understands it.
 */
import { AttuneError } from '../../core/errors.js';
import { primaryLanguage } from '../../core/language-tag.js';
import type { SentimentOptions, SentimentStage, TextSentiment } from './sentiment.js';

export class SentimentByLanguage implements SentimentStage {
  readonly name: string;
  readonly languages: readonly string[];
  readonly #stages: readonly SentimentStage[];

  /** Disposing it disposes the stages. */
  constructor(stages: readonly SentimentStage[]) {
    this.#stages = stages;
    this.name = stages.map(({ name }) => name).join(' + ');
    this.languages = [...new Set(stages.flatMap(({ languages }) => languages))];
  }

  analyse(text: string, options: SentimentOptions): Promise<TextSentiment> {
    const language = primaryLanguage(options.language);
    const stage = this.#stages.find(({ languages }) => languages.includes(language));
    return stage === undefined
      ? Promise.reject(unsupportedLanguage(options.language, this.languages))
      : stage.analyse(text, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage[Symbol.asyncDispose]()));
  }
}

export function unsupportedLanguage(tag: string, languages: readonly string[]): AttuneError {
  return new AttuneError('LANGUAGE_UNSUPPORTED', `no text sentiment model for '${tag}'`, {
    field: 'language',
    hint: `Use one of: ${languages.join(', ')}.`,
  });
}
