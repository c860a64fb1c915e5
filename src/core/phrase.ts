/**
 * A sentence that a call says by itself, in the caller's language; English where there is none. Pure.
 */

import { primaryLanguage } from './language-tag.js';

export interface Phrase {
  readonly english: string;
  /** By primary language subtag, as `de`. */
  readonly byLanguage: Readonly<Record<string, string>>;
}

/** @param locale BCP 47, as the client gave it: it may be anything. */
export function phraseIn({ english, byLanguage }: Phrase, locale: string): string {
  const language = primaryLanguage(locale);
  return (Object.hasOwn(byLanguage, language) ? byLanguage[language] : undefined) ?? english;
}
