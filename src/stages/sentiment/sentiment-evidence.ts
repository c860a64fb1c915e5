/**
 * Which words and phrases to leave out of an utterance, and which of them turn out to be reasons.
 *
 * Single content words are tried first. Phrases are tried too, since an utterance often says the same thing twice (“third
 * time”, “nobody helps me”) and no single word is then missed. A phrase is a reason only where its words alone are not.
 */
import type { WordEvidence } from './sentiment.js';
import type { SentimentWord } from './sentiment-words.js';

/** Words `firstWord` … `firstWord + wordCount − 1` of an utterance. */
export interface WordSpan {
  readonly firstWord: number;
  readonly wordCount: number;
}

const maxPhrases = 10;
const minPhraseWords = 3;
const maxPhraseWords = 6;

/** Evidence below this change of probability is noise of the network rather than a reason. */
const minEvidenceWeight = 0.01;
const minPhraseWeight = 0.05;
/** A phrase must say this many times what its single words say, or it only repeats them. */
const phraseOverWords = 2;

/** English and Chinese words that carry grammar rather than feeling. Negations are not among them: they turn a sentence around. */
const functionWords = new Set(
  (
    'a an the this that these those i you he she it we they me him her us them my your his its our their is am are was were be been ' +
    'being do does did have has had will would can could shall should may might must and or but if so than then as at by for from in ' +
    "into of off on onto out over to under up with about i'm it's that's i've i'd i'll you're he's she's we're they're what which who " +
    'when where there here just some any all ' +
    '的 了 是 我 你 您 他 她 它 我们 你们 他们 在 和 就 都 也 吗 呢 吧 啊 这 那 这个 那个 一个'
  ).split(' '),
);

/** Up to `wordLimit` single words (the latest content words and negations) and, unless it is 0, some phrases. */
export function occlusionSpans(words: readonly SentimentWord[], wordLimit: number): readonly WordSpan[] {
  if (words.length < 2 || wordLimit === 0) return [];
  const bare = (word: SentimentWord): string => word.text.toLowerCase().replace(/[^\p{L}\p{N}']/gu, '');
  const singles = words
    .map((word, index) => ({ word: bare(word), span: { firstWord: index, wordCount: 1 } }))
    .filter(({ word }) => word !== '' && !functionWords.has(word))
    .map(({ span }) => span)
    .slice(-wordLimit);
  const wordCount = Math.min(maxPhraseWords, Math.max(minPhraseWords, Math.ceil(words.length / 3)));
  const step = Math.max(Math.ceil(wordCount / 2), Math.ceil((words.length - wordCount) / (maxPhrases - 1)));
  const phrases: WordSpan[] = [];
  for (let firstWord = words.length - wordCount; firstWord > -step && wordCount < words.length; firstWord -= step) {
    phrases.push({ firstWord: Math.max(0, firstWord), wordCount });
  }
  return [...singles, ...phrases.slice(0, maxPhrases)];
}

export interface SpanEvidence extends WordSpan {
  readonly evidence: WordEvidence;
}

/** The reasons among what was tried, strongest first; no word is part of two phrases. */
export function tellingEvidence(tried: readonly SpanEvidence[]): readonly WordEvidence[] {
  const size = ({ evidence }: SpanEvidence): number => Math.abs(evidence.weight);
  const strongestFirst = (a: SpanEvidence, b: SpanEvidence): number => size(b) - size(a);
  const singles = tried.filter((span) => span.wordCount === 1 && size(span) >= minEvidenceWeight);
  const chosen: SpanEvidence[] = [];
  for (const phrase of tried.filter((span) => span.wordCount > 1).sort(strongestFirst)) {
    const within = (span: WordSpan): boolean =>
      span.firstWord < phrase.firstWord + phrase.wordCount && phrase.firstWord < span.firstWord + span.wordCount;
    const saidByWords = singles.filter(within).reduce((sum, span) => sum + size(span), 0);
    if (size(phrase) < Math.max(minPhraseWeight, phraseOverWords * saidByWords) || chosen.some(within)) continue;
    chosen.push(phrase);
  }
  return [...singles, ...chosen].sort(strongestFirst).map(({ evidence }) => evidence);
}
