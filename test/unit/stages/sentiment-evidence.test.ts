/**
 * Which spans are tried and which count as reasons, as tables.
 */
import t from 'tap';
import { emotionCategories, type EmotionCategory } from '../../../src/stages/emotion/emotion-category.js';
import {
  occlusionSpans,
  tellingEvidence,
  type SpanEvidence,
} from '../../../src/stages/sentiment/sentiment-evidence.js';
import type { SentimentWord } from '../../../src/stages/sentiment/sentiment-words.js';

const wordsOf = (text: string): SentimentWord[] =>
  text.split(' ').map((word, index) => ({ text: word, startChar: 10 * index, tokenIds: [index + 2] }));
const spansOf = (text: string, limit = 16): string[] =>
  occlusionSpans(wordsOf(text), limit).map(({ firstWord, wordCount }) =>
    text
      .split(' ')
      .slice(firstWord, firstWord + wordCount)
      .join(' '),
  );

const choices: readonly [string, string, readonly string[]][] = [
  ['one word has nothing to compare with', 'thanks', []],
  ['grammar is not tried alone', 'this is great', ['great']],
  ['negations are', 'not great', ['not', 'great']],
  [
    'phrases cover the whole text',
    'nobody ever helps me here',
    ['nobody', 'ever', 'helps', 'helps me here', 'nobody ever helps'],
  ],
];
for (const [name, text, spans] of choices) t.strictSame(spansOf(text), spans, name);

t.strictSame(spansOf('nobody ever helps', 0), [], 'a limit of 0 tries nothing');
const long = occlusionSpans(wordsOf(Array.from({ length: 60 }, () => 'word').join(' ')), 16);
t.equal(long.length, 16 + 10, 'both kinds are bounded');
t.ok(long.every(({ firstWord, wordCount }) => firstWord >= 0 && firstWord + wordCount <= 60));

const none = Object.fromEntries(emotionCategories.map((category) => [category, 0.125])) as Record<
  EmotionCategory,
  number
>;
const tried = (firstWord: number, wordCount: number, weight: number): SpanEvidence => ({
  firstWord,
  wordCount,
  evidence: { text: `${String(firstWord)}+${String(wordCount)}`, startChar: 0, weight, categoriesWithout: none },
});

const verdicts: readonly [string, readonly SpanEvidence[], readonly string[]][] = [
  ['strongest first, either sign', [tried(0, 1, 0.1), tried(1, 1, -0.3)], ['1+1', '0+1']],
  ['noise is dropped', [tried(0, 1, 0.004), tried(0, 3, 0.03)], []],
  ['a phrase that repeats its word is dropped', [tried(1, 1, 0.3), tried(0, 3, 0.35)], ['1+1']],
  ['a phrase that says more than its words is kept', [tried(1, 1, 0.02), tried(0, 3, 0.3)], ['0+3', '1+1']],
  ['of two overlapping phrases the stronger', [tried(0, 3, 0.2), tried(2, 3, 0.4)], ['2+3']],
];
for (const [name, spans, expected] of verdicts) {
  t.strictSame(
    tellingEvidence(spans).map(({ text }) => text),
    expected,
    name,
  );
}
