/**
 * Divides a streamed reply into clauses that a voice can speak one by one.
 *
 * Pure. The first clause is released early, at the first comma or, in a long sentence, before the next phrase, because
 * the caller waits for it; later ones at sentence ends and at commas that leave enough to speak. Every word comes out,
 * in order; markup and emoji do not. What is released depends on the text alone, not on how it was divided into deltas.
 */
import { MarkupStripper } from './markup-stripper.js';
import { boundaryAfter, type Boundary } from './sentence-punctuation.js';

export interface ClauseSplitterOptions {
  /** BCP 47; decides about dates as `3. Oktober`. `en-US` by default. */
  readonly locale?: string;
}

interface Limits {
  /** A comma ends a clause of at least this many words. */
  readonly minWords: number;
  /** From here on it may also end before a function word, if that leaves `minPhraseWords`. */
  readonly softWords: number;
  readonly minPhraseWords: number;
  /** Here it ends wherever it is. */
  readonly hardWords: number;
}

/** At 2.5 words a second the first clause sounds for about a second, enough to make the next one. */
const firstLimits: Limits = { minWords: 2, softWords: 7, minPhraseWords: 3, hardWords: 12 };
const laterLimits: Limits = { minWords: 6, softWords: 18, minPhraseWords: 6, hardWords: 30 };
const maxClauseCharacters = 300;
/** A longer run without a space, as a web address, counts as several words. */
const maxWordCharacters = 100;

/** Words that begin a phrase, so that a short pause before them sounds natural. */
const phraseOpeners = new Set(
  (
    'and but or because so which who when while if where although until before after since than with for from about during ' +
    'und aber oder weil dass wenn während damit bevor nachdem mit für von über y pero o porque que cuando si mientras con para desde sobre'
  ).split(' '),
);

/** White space, then a word, or one CJK character with the punctuation that belongs to it. */
const token = new RegExp(
  String.raw`(\s*)([「『（【《]*[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々][。！？｡，、；：､…」』）】》]*` +
    String.raw`|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]{1,${maxWordCharacters}})`,
  'uy',
);
/** What stands between a word and the next one, and the character that begins it. */
const following = /(\s*)(\S?)/uy;
const isCjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

interface Word {
  readonly gap: string;
  readonly text: string;
  /** How much of a spoken word it is: 1, a CJK character ½, bare punctuation 0. */
  readonly weight: number;
}

export class ClauseSplitter {
  readonly #locale: string;
  readonly #stripper = new MarkupStripper();
  /** Text that is not divided into words yet. */
  #text = '';
  #words: Word[] = [];
  #limits = firstLimits;

  constructor(options: ClauseSplitterOptions = {}) {
    this.#locale = options.locale ?? 'en-US';
  }

  /** Takes a piece of the reply and returns the clauses that are complete now, without white space around them. */
  push(delta: string): string[] {
    this.#text += this.#stripper.push(delta);
    return this.#takeWords(false);
  }

  /** Returns what is left, as at the end of the reply or where its manner of speaking changes. More may follow. */
  flush(): string[] {
    this.#text += this.#stripper.flush();
    const clauses = this.#takeWords(true);
    clauses.push(...this.#release(this.#words.length));
    this.#text = '';
    return clauses;
  }

  /** Moves words from the text. One is taken when the beginning of the next is known, which its punctuation needs. */
  #takeWords(final: boolean): string[] {
    const clauses: string[] = [];
    let at = 0;
    for (;;) {
      token.lastIndex = at;
      const match = token.exec(this.#text);
      if (match === null) break;
      const [whole, gap = '', text = ''] = match;
      following.lastIndex = at + whole.length;
      const [, nextGap = '', next = ''] = following.exec(this.#text) ?? [];
      if (next === '' && !final) break;
      at += whole.length;
      this.#words.push({ gap, text, weight: weightOf(text) });
      const boundary = boundaryAfter({ word: text, gap: nextGap, next, locale: this.#locale });
      clauses.push(...this.#release(this.#wordsToRelease(boundary, next)));
    }
    this.#text = this.#text.slice(at);
    return clauses;
  }

  /** How many of the waiting words make a clause now; 0 for none. */
  #wordsToRelease(boundary: Boundary, next: string): number {
    const { minWords, softWords, minPhraseWords, hardWords } = this.#limits;
    const words = this.#words;
    const count = weightOfAll(words);
    if (boundary === 'sentence' || (boundary === 'clause' && count >= minWords)) return words.length;
    if (count >= softWords) {
      for (let cut = words.length - 1; cut > 0 && weightOfAll(words.slice(0, cut)) >= minPhraseWords; cut -= 1) {
        if (opensPhrase(words, cut)) return cut;
      }
    }
    const characters = words.reduce((sum, word) => sum + word.gap.length + word.text.length, next.length);
    return count >= hardWords || characters >= maxClauseCharacters ? words.length : 0;
  }

  #release(wordCount: number): string[] {
    const words = this.#words.splice(0, wordCount);
    if (weightOfAll(words) === 0) return [];
    this.#limits = laterLimits;
    const clause = words.map((word) => word.gap + word.text).join('');
    return [clause.replace(/\s+/g, ' ').trim()];
  }
}

function weightOf(text: string): number {
  if (isCjk.test(text)) return 0.5;
  return /[\p{L}\p{N}]/u.test(text) ? 1 : 0;
}

function weightOfAll(words: readonly Word[]): number {
  return words.reduce((sum, word) => sum + word.weight, 0);
}

/** True when the word at `index` begins a phrase: a function word, or what follows a Japanese particle. */
function opensPhrase(words: readonly Word[], index: number): boolean {
  const word = words[index]?.text ?? '';
  if (phraseOpeners.has(word.toLowerCase())) return true;
  return /^[はがをにでとも]$/u.test(words[index - 1]?.text ?? '') && /^[\p{Script=Han}\p{Script=Katakana}]/u.test(word);
}
