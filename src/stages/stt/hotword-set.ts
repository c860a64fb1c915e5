/**
 * The hot words of an utterance as the beam search uses them: a small prefix tree of their own and a phrase automaton.
 *
 * All words of the phrases are found through this tree instead of the shared one, known ones with the lexicon's
 * pronunciations, unknown ones with given or guessed ones and with ids above the lexicon's. Immutable but for a memory of
 * look-ahead; many utterances of a thread may share one.
 */
import type { BeamSearchOptions, SearchHotwords } from './ctc-beam-search.js';
import type { DecoderResources } from './decoder-resources.js';
import type { HotwordPhrase } from './hotwords.js';
import { LexiconTrie } from './lexicon-trie.js';
import { PhraseAutomaton } from './phrase-automaton.js';

/** A guess this much less likely than the best one is not worth its place in the tree. */
const leastGuessRatio = 0.15;
const mostGuesses = 3;

export class HotwordSet implements SearchHotwords {
  readonly trie: LexiconTrie;
  readonly automaton: PhraseAutomaton;
  readonly wordIds: readonly number[];
  readonly #resources: DecoderResources;
  readonly #options: BeamSearchOptions;
  readonly #phrases: readonly HotwordPhrase[];
  /** Own word number by lower-case spelling and by id. */
  readonly #numberOf = new Map<string, number>();
  readonly #numberOfId = new Map<number, number>();
  readonly #spellings: string[] = [];
  readonly #unknownCount: number;
  /** Paths of each word through the tree, from its end to the root. */
  readonly #paths: number[][][] = [];
  /** By node of the automaton: look-ahead of the tree's nodes that its phrases raise. */
  readonly #raised: (ReadonlyMap<number, number> | undefined)[] = [];

  constructor(resources: DecoderResources, options: BeamSearchOptions, phrases: readonly HotwordPhrase[]) {
    this.#resources = resources;
    this.#options = options;
    this.#phrases = phrases;
    const pronunciations: (readonly number[])[][] = [];
    const wordIds: number[] = [];
    let unknownCount = 0;
    for (const { words, pronunciation } of phrases) {
      words.forEach((written, position) => {
        const spelling = written.toLowerCase();
        let number = this.#numberOf.get(spelling);
        if (number === undefined) {
          number = this.#spellings.push(spelling) - 1;
          const id = resources.wordIds.get(spelling) ?? resources.words.length + unknownCount++;
          this.#numberOf.set(spelling, number);
          this.#numberOfId.set(id, number);
          wordIds.push(id);
          pronunciations.push([]);
        }
        const given = pronunciation?.[position]?.map((name) => resources.tokens.indexOf(name));
        const said = given ? [given] : this.#sounds(written, wordIds[number] as number);
        for (const phones of said) addPronunciation(pronunciations[number] as (readonly number[])[], phones);
      });
    }
    this.wordIds = wordIds;
    this.#unknownCount = unknownCount;
    this.automaton = new PhraseAutomaton(
      phrases.map(({ words, weight }) => ({
        words: words.map((word) => wordIds[this.#numberOf.get(word.toLowerCase()) as number] as number),
        wordBonus: weight * options.hotwordBonus,
      })),
    );
    this.trie = new LexiconTrie(lexiconOf(this.#spellings, pronunciations), (number) =>
      this.#expected(0, wordIds[number] as number),
    );
    this.#findPaths();
  }

  has(word: number): boolean {
    return this.#numberOfId.has(word);
  }

  /** Lower-case spelling of one of the words. */
  spelling(word: number): string {
    return this.#spellings[this.#numberOfId.get(word) ?? -1] ?? '';
  }

  /** Words the lexicon lacks. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  score(languageState: number, word: number): number {
    return this.#options.lmWeight * this.#floored(this.#resources.languageModel.score(languageState, word), word);
  }

  lookahead(position: number, node: number): number {
    if (node === 0) return 0;
    const usual = this.trie.lookahead[node] as number;
    if (position === 0) return usual;
    const raised = (this.#raised[position] ??= this.#raise(position));
    return raised.get(node) ?? usual - (this.automaton.pending[position] as number);
  }

  /** Words with the given spelling of each phrase that occurs among them: "siobhan o'neill" → "Siobhan O'Neill". */
  respell(words: readonly string[]): readonly string[] {
    const spelled = [...words];
    for (const phrase of this.#phrases) {
      if (phrase.words.every((word) => word === word.toLowerCase())) continue;
      for (let start = 0; start + phrase.words.length <= words.length; start++) {
        if (phrase.words.every((word, index) => words[start + index] === word.toLowerCase()))
          spelled.splice(start, phrase.words.length, ...phrase.words);
      }
    }
    return spelled;
  }

  /** As token ids: the lexicon's when it knows the word, and letter by letter when it is written as an acronym. */
  #sounds(written: string, id: number): readonly (readonly number[])[] {
    const { lexicon, pronouncer } = this.#resources;
    if (id < lexicon.words.length) {
      const known: (readonly number[])[] = [];
      for (
        let at = lexicon.pronunciationStart[id] as number;
        at < (lexicon.pronunciationStart[id + 1] as number);
        at++
      ) {
        known.push([...lexicon.phones.subarray(lexicon.phoneStart[at], lexicon.phoneStart[at + 1])]);
      }
      return [...known, ...(pronouncer.spelled(written) ?? []).map((one) => one.phones)];
    }
    const guesses = pronouncer.pronounce(written, mostGuesses);
    const least = leastGuessRatio * (guesses[0]?.probability ?? 0);
    return guesses.filter((guess) => guess.probability >= least).map((guess) => guess.phones);
  }

  /** What a word is expected to add without context, at a place in the phrases. */
  #expected(position: number, word: number): number {
    this.automaton.step(position, word);
    const unigram = this.#floored(this.#resources.languageModel.unigram(word), word);
    return this.#options.lmWeight * unigram + this.automaton.gain;
  }

  /** An unknown word has its share of what the model gives to all of them; no hot word is less likely than the floor. */
  #floored(score: number, word: number): number {
    const own = word < this.#resources.languageModel.wordCount ? score : score + this.#options.unknownWordShare;
    return own > this.#options.hotwordFloor ? own : this.#options.hotwordFloor;
  }

  #raise(position: number): ReadonlyMap<number, number> {
    const raised = new Map<number, number>();
    for (const word of this.automaton.continuations(position)) {
      const expected = this.#expected(position, word);
      for (const path of this.#paths[this.#numberOfId.get(word) as number] ?? []) {
        for (const node of path) {
          const usual = (this.trie.lookahead[node] as number) - (this.automaton.pending[position] as number);
          raised.set(node, Math.max(raised.get(node) ?? usual, expected));
        }
      }
    }
    return raised;
  }

  #findPaths(): void {
    const { trie } = this;
    const parent = new Int32Array(trie.nodeCount);
    for (let node = 0; node < trie.nodeCount; node++)
      parent.fill(node, trie.firstChild[node], trie.firstChild[node + 1]);
    for (let node = 1; node < trie.nodeCount; node++) {
      const path: number[] = [];
      for (let at = node; at !== 0; at = parent[at] as number) path.push(at);
      for (let at = trie.firstWord[node] as number; at < (trie.firstWord[node + 1] as number); at++)
        (this.#paths[trie.endingWords[at] as number] ??= []).push(path);
    }
  }
}

function addPronunciation(known: (readonly number[])[], phones: readonly number[]): void {
  if (!known.some((other) => other.join() === phones.join())) known.push(phones);
}

function lexiconOf(
  words: readonly string[],
  pronunciations: readonly (readonly (readonly number[])[])[],
): ConstructorParameters<typeof LexiconTrie>[0] {
  const pronunciationStart = new Uint32Array(words.length + 1);
  const flat = pronunciations.flat();
  pronunciations.forEach((variants, word) => {
    pronunciationStart[word + 1] = (pronunciationStart[word] as number) + variants.length;
  });
  const phoneStart = new Uint32Array(flat.length + 1);
  flat.forEach((phones, at) => (phoneStart[at + 1] = (phoneStart[at] as number) + phones.length));
  return { words, countedWords: words.length, pronunciationStart, phoneStart, phones: Uint8Array.from(flat.flat()) };
}
