/**
 * The sentence that is spoken when the responder fails.
 */
import t from 'tap';
import { fallbackSentence } from '../../../src/stages/llm/fallback.js';

const cases = [
  ['en-GB', /^Sorry/],
  ['de-AT', /^Entschuldigung/],
  ['ES', /^Perdone/],
  ['zh-CN', /抱歉/],
  ['ja-JP', /申し訳/],
  ['fr-FR', /^Sorry/],
  ['constructor', /^Sorry/],
] as const;

for (const [locale, expected] of cases) {
  t.test(locale, async (t) => t.match(fallbackSentence(locale), expected));
}
