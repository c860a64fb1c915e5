/**
 * Streaming CTC prefix beam search over a pronunciation trie with a trigram language model.
 *
 * Token passing, one step per acoustic frame: a token is a trie node (with or without its word taken) and a
 * language-model state; it carries the probability of all alignments that end in blank and in its phone. Inside a word
 * the best unigram below the node stands in for the language model; when a word is taken the trigram replaces it. The
 * search owns its tokens and history; trie and language model are shared. Hot words have a second, small trie: its nodes are
 * numbered behind the shared ones, and states then also say where in a phrase the words stand. It knows frames and word ids,
 * not time and text.
 */
import type { LexiconTrie } from './lexicon-trie.js';
import type { PhraseAutomaton } from './phrase-automaton.js';
import { SearchTokens, type Entry } from './search-tokens.js';
import type { TrigramModel } from './trigram-model.js';
import { WordHistory, type HistoryWord } from './word-history.js';

export interface BeamSearchOptions {
  /** Weight of the language model's log probability against the acoustic model's. */
  readonly lmWeight: number;
  /** Log score added per word; positive favours more and shorter words. */
  readonly wordBonus: number;
  /** Tokens this far (in log score) below the best are dropped. */
  readonly beam: number;
  /** Most tokens kept per frame. */
  readonly maxActive: number;
  /** Phones whose log posterior is below the negative of this are not entered in a frame. */
  readonly phoneBeam: number;
  /** Log score that each word of a hot phrase earns, times the phrase's weight. */
  readonly hotwordBonus: number;
  /** Least language-model score of a hot word: rare words are what hot words are for. */
  readonly hotwordFloor: number;
  /** Log share of one word in what the language model gives to all unknown ones. */
  readonly unknownWordShare: number;
}

/** Compared on clips that no model had seen; the table is in training/stt/README.md. */
export const defaultBeamSearchOptions: BeamSearchOptions = {
  lmWeight: 1,
  wordBonus: 0,
  beam: 14,
  maxActive: 1200,
  phoneBeam: 7.5,
  hotwordBonus: 3,
  hotwordFloor: -9,
  unknownWordShare: -5,
};

/** What may change while a search runs: cost against accuracy. */
export type SearchEffort = Pick<BeamSearchOptions, 'beam' | 'maxActive'>;

/** What searches share. */
export interface SearchResources {
  readonly trie: LexiconTrie;
  readonly languageModel: TrigramModel;
  /** Log share of one rare word, of those that the language model does not count, in what it gives to unknown words. */
  readonly rareWordShare: number;
  /** Tokens of the acoustic model, blank included. */
  readonly vocabularySize: number;
}

/** What a search asks of the hot words of its utterance. */
export interface SearchHotwords {
  readonly trie: LexiconTrie;
  readonly automaton: PhraseAutomaton;
  /** Word id by the trie's own word number. */
  readonly wordIds: readonly number[];
  /** True for words that only this trie leads to. */
  has(word: number): boolean;
  /** Weighted language-model score of a hot word; the language model's `nextState` is set. */
  score(languageState: number, word: number): number;
  /** Best score to expect at or below a node, bonus included, when the words before stand at `position` of the automaton. */
  lookahead(position: number, node: number): number;
}

/** One complete hypothesis. */
export interface SearchResult {
  readonly words: readonly HistoryWord[];
  /** Log score, language model and bonuses included. */
  readonly score: number;
}

const candidatesPerActive = 16;
const histogramBins = 256;
const blankToken = 0;
/** Frames in which nothing sounds, one after the other, after which no word is under way: longer than the closure of a stop. */
const restFrames = 4;
/** Least log posterior of blank in such a frame. */
const restLogPosterior = Math.log(0.5);
/** Log score by which the next frame's beam exceeds the narrowed one, so that it can widen again. */
const beamMargin = 1.5;

export class CtcBeamSearch {
  /** Acoustic frames seen. */
  frameCount = 0;
  readonly #trie: LexiconTrie;
  readonly #languageModel: TrigramModel;
  readonly #rareWordShare: number;
  #options: BeamSearchOptions;
  readonly #hotwords: SearchHotwords | undefined;
  readonly #history = new WordHistory();
  #tokens: SearchTokens;
  #next: SearchTokens;
  #best = 0;
  /** Frames at the end of what was seen in which nothing sounds. */
  #blankFrames = 0;
  /** The beam of the current frame: narrower while the most active tokens bind. */
  #beam: number;
  /** Log posteriors of the frame's tokens, and the same with unlikely phones at −∞. */
  readonly #frame: Float32Array;
  readonly #phoneScore: Float32Array;
  readonly #histogram = new Int32Array(histogramBins);
  readonly #entry: Entry = {
    place: 0,
    state: 0,
    score: 0,
    record: 0,
    word: -1,
    hash: 0,
    startFrame: 0,
    earlierPhones: 0,
    phone: 0,
  };

  constructor(resources: SearchResources, options: BeamSearchOptions, hotwords?: SearchHotwords) {
    this.#trie = resources.trie;
    this.#languageModel = resources.languageModel;
    this.#rareWordShare = resources.rareWordShare;
    this.#options = options;
    this.#hotwords = hotwords;
    this.#beam = options.beam;
    this.#frame = new Float32Array(resources.vocabularySize);
    this.#phoneScore = new Float32Array(resources.vocabularySize);
    const capacity = Math.min(options.maxActive * candidatesPerActive, 1 << 15);
    this.#tokens = new SearchTokens(capacity);
    this.#next = new SearchTokens(capacity);
    this.#tokens.clear();
    // Before the first word: the root with "its word taken", as if it had just ended in blank.
    this.#tokens.enter({ ...this.#entry, place: 1, state: this.#languageModel.startState }, this.#history);
    this.#tokens.blank[0] = 0;
    this.#tokens.nonBlank[0] = -Infinity;
  }

  /** Takes effect with the next frame. `maxActive` cannot exceed what the search was made with. */
  tune(effort: SearchEffort): void {
    this.#options = {
      ...this.#options,
      beam: effort.beam,
      maxActive: Math.min(effort.maxActive, this.#tokens.capacity / candidatesPerActive),
    };
    this.#beam = Math.min(this.#beam, effort.beam);
  }

  /** Goes on from where another search stands, which stays as it is; the beam is this one's own. */
  follow(other: CtcBeamSearch): void {
    this.#tokens.copyFrom(other.#tokens);
    this.#history.copyFrom(other.#history);
    this.#best = other.#best;
    this.#beam = this.#options.beam;
    this.frameCount = other.frameCount;
    this.#blankFrames = other.#blankFrames;
  }

  /** Takes one frame: `vocabularySize` log posteriors from `offset`. */
  advance(logProbs: Float32Array, offset: number): void {
    for (let token = 0; token < this.#frame.length; token++) {
      const score = logProbs[offset + token] as number;
      this.#frame[token] = score;
      this.#phoneScore[token] = score < -this.#options.phoneBeam ? -Infinity : score;
    }
    this.#next.clear();
    this.#best = -Infinity;
    for (let i = 0; i < this.#tokens.count; i++) this.#stay(i);
    for (let i = 0; i < this.#tokens.count; i++) this.#expand(i);
    this.#next.keepAbove(this.#threshold());
    [this.#tokens, this.#next] = [this.#next, this.#tokens];
    this.#takeWords();
    this.frameCount += 1;
    this.#blankFrames = (this.#frame[blankToken] as number) >= restLogPosterior ? this.#blankFrames + 1 : 0;
  }

  /** Settles the words that every token shares, and frees the memory of those that lost. Call once per chunk. */
  settle(): void {
    const { record, count } = this.#tokens;
    this.#history.settle(record, count);
    if (this.#history.crowded) this.#history.collect(record, count);
  }

  /** Records of words that are not settled, live or about to be freed. */
  get openRecordCount(): number {
    return this.#history.size;
  }

  /** Words that later frames cannot change, oldest first. */
  get settled(): readonly HistoryWord[] {
    return this.#history.settled;
  }

  /**
   * All words of the best hypothesis so far; a word that is still being spoken is not among them. Nobody is in the middle of
   * one while nothing sounds: then the last word counts although what could still become of it scores higher.
   */
  best(): readonly HistoryWord[] {
    const rests = this.#blankFrames >= restFrames;
    const best = (rests ? this.#bestToken(true) : undefined) ?? this.#bestToken(false) ?? 0;
    return [...this.settled, ...this.#history.words(this.#tokens.record[best] as number)];
  }

  /** Complete hypotheses with different words, best first, at most `count`; the sentence's end is scored. */
  results(count: number): readonly SearchResult[] {
    const { place, total, state, record, hash } = this.#tokens;
    const bestOf = new Map<number, { record: number; score: number }>();
    for (let i = 0; i < this.#tokens.count; i++) {
      if (((place[i] as number) & 1) === 0) continue;
      const score = (total[i] as number) + this.#endScore(state[i] as number);
      const known = bestOf.get(hash[i] as number);
      if (!known || known.score < score) bestOf.set(hash[i] as number, { record: record[i] as number, score });
    }
    const ranked = [...bestOf.values()].sort((a, b) => b.score - a.score);
    const [winner, ...others] = ranked;
    if (!winner) return [{ words: this.best(), score: -Infinity }];
    for (const other of others)
      this.#history.noteRival(winner.record, other.record, Math.exp(other.score - winner.score));
    return ranked
      .slice(0, count)
      .map((result) => ({ words: [...this.settled, ...this.#history.words(result.record)], score: result.score }));
  }

  /** Index of the best token, of those at the end of a word when `isWhole`; undefined when there is none. */
  #bestToken(isWhole: boolean): number | undefined {
    const { count, place, total } = this.#tokens;
    let best: number | undefined;
    for (let i = 0; i < count; i++) {
      if (isWhole && ((place[i] as number) & 1) === 0) continue;
      if (best === undefined || (total[i] as number) > (total[best] as number)) best = i;
    }
    return best;
  }

  /** The end of the sentence after a state; a phrase that is not complete by then has earned nothing. */
  #endScore(state: number): number {
    const { stateCount } = this.#languageModel;
    const position = this.#hotwords ? Math.floor(state / stateCount) : 0;
    const languageScore = this.#options.lmWeight * this.#languageModel.endScore(state - position * stateCount);
    return languageScore - (this.#hotwords?.automaton.pending[position] ?? 0);
  }

  /** Blank, or the same phone goes on. */
  #stay(i: number): void {
    const tokens = this.#tokens;
    const place = tokens.place[i] as number;
    const phone = this.#phoneAt(place >> 1);
    const blankScore = (tokens.total[i] as number) + (this.#frame[blankToken] as number);
    const phoneLog = phone < 0 ? -Infinity : (this.#frame[phone] as number);
    const phoneScore = (tokens.nonBlank[i] as number) + phoneLog;
    const score = blankScore > phoneScore ? blankScore : phoneScore;
    if (score < this.#best - this.#beam) return;
    if (score > this.#best) this.#best = score;
    const known = tokens.phone[i] as number;
    if (phoneLog > known && (place & 1) === 1 && phone >= 0) {
      this.#history.raise(tokens.record[i] as number, (phoneLog - known) / this.#depthAt(place >> 1));
    }
    this.#next.stay(tokens, i, blankScore, phoneScore, phoneLog > known ? phoneLog : known);
  }

  /** The next phone of the word, or the first phone of the next word. */
  #expand(i: number): void {
    const tokens = this.#tokens;
    if ((tokens.total[i] as number) < this.#best - this.#beam - this.#options.phoneBeam) return;
    const place = tokens.place[i] as number;
    const state = tokens.state[i] as number;
    const hotwords = this.#hotwords;
    const node = (place & 1) === 1 ? 0 : place >> 1;
    if (!hotwords) this.#descend(i, node, state, 0);
    else if (node >= this.#trie.nodeCount) this.#descendHotwords(hotwords, i, node - this.#trie.nodeCount);
    else if (node > 0) this.#descend(i, node, state, 0);
    else {
      // No word of the shared trie continues a phrase.
      const position = Math.floor(state / this.#languageModel.stateCount);
      const languageState = state - position * this.#languageModel.stateCount;
      this.#descend(i, 0, languageState, hotwords.automaton.pending[position] as number);
      this.#descendHotwords(hotwords, i, 0);
    }
  }

  /** From a node of the shared trie to its children; `loss` is taken off. */
  #descend(i: number, parent: number, state: number, loss: number): void {
    const trie = this.#trie;
    const tokens = this.#tokens;
    const { lmWeight } = this.#options;
    const beam = this.#beam;
    const place = tokens.place[i] as number;
    const lastPhone = this.#phoneAt(place >> 1);
    const isWordEnd = (place & 1) === 1;
    const total = tokens.total[i] as number;
    const expected = lmWeight * (trie.lookahead[parent] as number) + loss;
    const entry = this.#entry;
    const end = trie.firstChild[parent + 1] as number;
    for (let child = trie.firstChild[parent] as number; child < end; child++) {
      const phone = trie.phone[child] as number;
      const phoneScore = this.#phoneScore[phone] as number;
      if (phoneScore === -Infinity) continue;
      const acoustic = (phone === lastPhone ? (tokens.blank[i] as number) : total) + phoneScore - expected;
      const score = acoustic + lmWeight * (trie.lookahead[child] as number);
      if (score < this.#best - beam) continue;
      entry.record = tokens.record[i] as number;
      entry.startFrame = isWordEnd ? this.frameCount : (tokens.startFrame[i] as number);
      entry.earlierPhones = isWordEnd ? 0 : (tokens.earlierPhones[i] as number) + (tokens.phone[i] as number);
      entry.phone = phoneScore;
      if ((trie.firstChild[child] as number) < (trie.firstChild[child + 1] as number)) {
        entry.place = child * 2;
        entry.state = state;
        entry.score = score;
        entry.word = -1;
        entry.hash = tokens.hash[i] as number;
        this.#enter();
      }
      this.#endWords(child, state, tokens.hash[i] as number, acoustic);
    }
  }

  /** The same in the trie of the hot words, where what is expected depends on the phrase. */
  #descendHotwords(hotwords: SearchHotwords, i: number, parent: number): void {
    const { trie } = hotwords;
    const tokens = this.#tokens;
    const entry = this.#entry;
    const place = tokens.place[i] as number;
    const isWordEnd = (place & 1) === 1;
    const lastPhone = this.#phoneAt(place >> 1);
    const state = tokens.state[i] as number;
    const position = Math.floor(state / this.#languageModel.stateCount);
    const expected = hotwords.lookahead(position, parent);
    const end = trie.firstChild[parent + 1] as number;
    for (let child = trie.firstChild[parent] as number; child < end; child++) {
      const phone = trie.phone[child] as number;
      const phoneScore = this.#phoneScore[phone] as number;
      if (phoneScore === -Infinity) continue;
      const before = phone === lastPhone ? (tokens.blank[i] as number) : (tokens.total[i] as number);
      const acoustic = before + phoneScore - expected;
      const score = acoustic + hotwords.lookahead(position, child);
      if (score < this.#best - this.#beam) continue;
      entry.record = tokens.record[i] as number;
      entry.startFrame = isWordEnd ? this.frameCount : (tokens.startFrame[i] as number);
      entry.earlierPhones = isWordEnd ? 0 : (tokens.earlierPhones[i] as number) + (tokens.phone[i] as number);
      entry.phone = phoneScore;
      if ((trie.firstChild[child] as number) < (trie.firstChild[child + 1] as number)) {
        entry.place = (this.#trie.nodeCount + child) * 2;
        entry.state = state;
        entry.score = score;
        entry.word = -1;
        entry.hash = tokens.hash[i] as number;
        this.#enter();
      }
      this.#endHotwords(hotwords, child, position, { state, hash: tokens.hash[i] as number, acoustic });
    }
  }

  /** Takes each hot word that ends at a node of their trie. */
  #endHotwords(
    hotwords: SearchHotwords,
    node: number,
    position: number,
    path: { readonly state: number; readonly hash: number; readonly acoustic: number },
  ): void {
    const { trie, automaton } = hotwords;
    const { stateCount } = this.#languageModel;
    const entry = this.#entry;
    const end = trie.firstWord[node + 1] as number;
    for (let at = trie.firstWord[node] as number; at < end; at++) {
      const word = hotwords.wordIds[trie.endingWords[at] as number] as number;
      const next = automaton.step(position, word);
      const languageScore = hotwords.score(path.state - position * stateCount, word);
      entry.score = path.acoustic + languageScore + automaton.gain + this.#options.wordBonus;
      if (entry.score < this.#best - this.#beam) continue;
      entry.place = (this.#trie.nodeCount + node) * 2 + 1;
      entry.state = next * stateCount + this.#languageModel.nextState;
      entry.word = word;
      entry.hash = hashAfter(path.hash, word);
      this.#enter();
    }
  }

  /** Takes each word that ends at a node; `entry` holds the path. */
  #endWords(node: number, state: number, hash: number, acoustic: number): void {
    const trie = this.#trie;
    const entry = this.#entry;
    const end = trie.firstWord[node + 1] as number;
    for (let at = trie.firstWord[node] as number; at < end; at++) {
      const word = trie.endingWords[at] as number;
      if (this.#hotwords?.has(word)) continue;
      const share = word < this.#languageModel.wordCount ? 0 : this.#rareWordShare;
      entry.score =
        acoustic + this.#options.lmWeight * (this.#languageModel.score(state, word) + share) + this.#options.wordBonus;
      if (entry.score < this.#best - this.#beam) continue;
      entry.place = node * 2 + 1;
      entry.state = this.#languageModel.nextState;
      entry.word = word;
      entry.hash = hashAfter(hash, word);
      this.#enter();
    }
  }

  #enter(): void {
    const total = this.#next.enter(this.#entry, this.#history);
    if (total > this.#best) this.#best = total;
  }

  /** The score below which tokens go: the beam, or where the most active ones begin. Sets the next frame's beam. */
  #threshold(): number {
    const next = this.#next;
    const width = this.#beam;
    this.#beam = this.#options.beam;
    if (next.count <= this.#options.maxActive) return this.#best - width;
    const histogram = this.#histogram.fill(0);
    const scale = histogramBins / width;
    for (let i = 0; i < next.count; i++) {
      const below = this.#best - (next.total[i] as number);
      if (below <= width) histogram[Math.max(0, Math.min(histogramBins - 1, Math.floor(below * scale)))]! += 1;
    }
    let kept = 0;
    let bin = 0;
    while (bin < histogramBins && kept + (histogram[bin] as number) <= this.#options.maxActive)
      kept += histogram[bin++] as number;
    if (bin === histogramBins) return this.#best - width;
    this.#beam = Math.min(this.#options.beam, bin / scale + beamMargin);
    return this.#best - Math.max(1, bin) / scale;
  }

  /** Writes the words that surviving tokens took in this frame into the history. */
  #takeWords(): void {
    const tokens = this.#tokens;
    for (let i = 0; i < tokens.count; i++) {
      const word = tokens.word[i] as number;
      if (word < 0) continue;
      tokens.record[i] = this.#history.add(tokens.record[i] as number, {
        word,
        hash: tokens.hash[i] as number,
        startFrame: tokens.startFrame[i] as number,
        endFrame: this.frameCount,
        phoneLogPosterior:
          ((tokens.earlierPhones[i] as number) + (tokens.phone[i] as number)) /
          this.#depthAt((tokens.place[i] as number) >> 1),
      });
      tokens.word[i] = -1;
    }
  }

  /** Phone of a node of either trie; −1 for the root. */
  #phoneAt(node: number): number {
    const { phone, nodeCount } = this.#trie;
    return (node < nodeCount ? phone[node] : this.#hotwords?.trie.phone[node - nodeCount]) as number;
  }

  #depthAt(node: number): number {
    const { depth, nodeCount } = this.#trie;
    return (node < nodeCount ? depth[node] : this.#hotwords?.trie.depth[node - nodeCount]) as number;
  }
}

/** Hash of a word sequence from that of the words before. */
function hashAfter(hash: number, word: number): number {
  return Math.imul(hash ^ (word + 1), 0x9e3779b1) ^ (hash >>> 15);
}
