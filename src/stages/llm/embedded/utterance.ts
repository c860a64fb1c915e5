/**
 * What a caller said, as words that rules can be matched against.
 *
 * Owns normalising (case, punctuation, contractions, hesitations) and the matching of cues. Recognised speech comes
 * without punctuation and with errors, so nothing here relies on capitals, commas or exact spelling.
 */
import { wordLikeness } from './word-likeness.js';

/**
 * A pattern over words: `where|when my order` means that the words come in this order, with at most two others between
 * neighbours. `^` in front ties it to the beginning (after words like `well`), `=` demands that hardly anything else is said.
 */
export type Cue = string;

interface ParsedCue {
  readonly tie: 'none' | 'start' | 'whole';
  readonly steps: readonly (readonly string[])[];
}

interface Hit {
  readonly at: number;
  readonly likeness: number;
}

const hesitations = new Set(['um', 'uh', 'er', 'erm', 'uhm', 'hmm', 'hm', 'mm', 'ah', 'eh', 'mhm']);
const contractions: Readonly<Record<string, string>> = {
  "can't": 'can not',
  cant: 'can not',
  cannot: 'can not',
  "won't": 'will not',
  wont: 'will not',
  "let's": 'let us',
  gonna: 'going to',
  wanna: 'want to',
  gotta: 'got to',
  im: 'i am',
  ive: 'i have',
  dont: 'do not',
  doesnt: 'does not',
  didnt: 'did not',
  isnt: 'is not',
  whats: 'what is',
  wheres: 'where is',
  hows: 'how is',
  thats: 'that is',
  youre: 'you are',
  ok: 'okay',
};
const endings: readonly (readonly [RegExp, string])[] = [
  [/^(.+)n't$/, '$1 not'],
  [/^(.+)'m$/, '$1 am'],
  [/^(.+)'re$/, '$1 are'],
  [/^(.+)'ve$/, '$1 have'],
  [/^(.+)'ll$/, '$1 will'],
  [/^(i|you|we|they)'d$/, '$1 would'],
  [/^(what|where|who|how|when|that|it|there|here|he|she|name|everything)'s$/, '$1 is'],
];
const functionWords = new Set(
  'a an the i you me my your it is are am was do does did to of for in on at and that this be can could would will have has not no so'.split(
    ' ',
  ),
);
const openers = new Set('well so and but okay oh please hello hi hey yes no'.split(' '));
const maxGap = 2;
const parsedCues = new Map<Cue, ParsedCue>();

export class Utterance {
  /** Lower case, contractions opened, hesitations removed. */
  readonly words: readonly string[];
  readonly #hits = new Map<string, readonly Hit[]>();

  constructor(readonly text: string) {
    this.words = wordsOf(text);
  }

  /** Strength of the best cue that matches, 0 for none: content words count 1, function words 0.3, doubtful ones less. */
  strengthOf(cues: readonly Cue[]): number {
    let best = 0;
    for (const cue of cues) best = Math.max(best, this.#match(cue)?.strength ?? 0);
    return best;
  }

  /** The words after the longest match of the cues; undefined when none matches. */
  after(cues: readonly Cue[]): readonly string[] | undefined {
    let best: { readonly strength: number; readonly end: number } | undefined;
    for (const cue of cues) {
      const match = this.#match(cue);
      if (match && match.strength > (best?.strength ?? 0)) best = match;
    }
    return best && this.words.slice(best.end);
  }

  #match(cue: Cue): { readonly strength: number; readonly end: number } | undefined {
    const { tie, steps } = parsedCueOf(cue);
    if (tie === 'whole' && this.words.length > steps.length + 1) return undefined;
    let best: { readonly strength: number; readonly end: number } | undefined;
    const starts = steps[0]!.flatMap((word) => this.#find(word));
    for (const start of starts) {
      if (tie === 'start' && !this.words.slice(0, start.at).every((word) => openers.has(word))) continue;
      let strength = weightOf(this.words[start.at]!) * start.likeness;
      let last: Hit | undefined = start;
      for (const step of steps.slice(1)) {
        last = this.#nearest(step, last.at);
        if (last === undefined) break;
        strength += weightOf(this.words[last.at]!) * last.likeness;
      }
      if (last !== undefined && strength > (best?.strength ?? 0)) best = { strength, end: last.at + 1 };
    }
    return best;
  }

  #nearest(alternatives: readonly string[], after: number): Hit | undefined {
    return alternatives
      .flatMap((word) => this.#find(word))
      .filter((hit) => hit.at > after && hit.at <= after + 1 + maxGap)
      .sort((a, b) => a.at - b.at || b.likeness - a.likeness)[0];
  }

  #find(word: string): readonly Hit[] {
    let hits = this.#hits.get(word);
    if (!hits) {
      hits = this.words
        .map((heard, at) => ({ at, likeness: wordLikeness(heard, word) }))
        .filter((hit) => hit.likeness > 0);
      this.#hits.set(word, hits);
    }
    return hits;
  }
}

/** Signs of the written form as the words they stand for, and digits without commas. */
const spokenSigns: readonly (readonly [RegExp, string])[] = [
  [/[’`]/g, "'"],
  [/(?<=\d),(?=\d{3}(?!\d))/g, ''],
  [/(?<=\d) ?%/g, ' percent'],
  [/\$(\d+(?:\.\d+)?(?: (?:million|billion))?)/g, '$1 dollars'],
  [/£(\d+(?:\.\d+)?(?: (?:million|billion))?)/g, '$1 pounds'],
  [/€(\d+(?:\.\d+)?(?: (?:million|billion))?)/g, '$1 euros'],
  [/(?<=^|\s)[-−](?=\d)/g, 'minus '],
  [/(?<=\d) \+ (?=\d)/g, ' plus '],
  [/(?<=\d) [-−] (?=\d)/g, ' minus '],
];

/** Lower-case words with contractions opened and hesitations removed. */
export function wordsOf(text: string): string[] {
  const plain = spokenSigns.reduce(
    (rest, [sign, spoken]) => rest.replace(sign, spoken),
    text.toLowerCase().normalize('NFC'),
  );
  const words = plain.match(/[\p{L}\p{N}]+(?:['.@][\p{L}\p{N}]+)*/gu) ?? [];
  return words.flatMap((word) => openContraction(word).split(' ')).filter((word) => !hesitations.has(word));
}

function openContraction(word: string): string {
  const known = contractions[word];
  if (known !== undefined) return known;
  for (const [ending, opened] of endings) if (ending.test(word)) return word.replace(ending, opened);
  return word;
}

function weightOf(word: string): number {
  return functionWords.has(word) ? 0.3 : 1;
}

function parsedCueOf(cue: Cue): ParsedCue {
  let parsed = parsedCues.get(cue);
  if (!parsed) {
    const tie = cue.startsWith('=') ? 'whole' : cue.startsWith('^') ? 'start' : 'none';
    parsed = {
      tie,
      steps: cue
        .replace(/^[=^]/, '')
        .split(' ')
        .map((step) => step.split('|')),
    };
    parsedCues.set(cue, parsed);
  }
  return parsed;
}
