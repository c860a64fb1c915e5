/**
 * One utterance's decoder: log posteriors in, words with times and confidences out.
 *
 * Wraps the beam search with what it does not know: spelling, milliseconds, and how evidence becomes a confidence. A
 * second, narrower search looks ahead of it over provisional posteriors, for texts that are shown while the caller speaks.
 * Pure computation without threads; `decoder-worker.ts` hosts many of these.
 */
import { AttuneError } from '../../core/errors.js';
import { CtcBeamSearch, type BeamSearchOptions, type SearchEffort } from './ctc-beam-search.js';
import type { DecoderResources } from './decoder-resources.js';
import type { HotwordSet } from './hotword-set.js';
import type { SttWord } from './stt.js';
import type { HistoryWord } from './word-history.js';

/** What the decoder makes of the frames so far. */
export interface Decoding {
  readonly words: readonly SttWord[];
  /** The first so many words are settled: no later frame changes them. */
  readonly settledCount: number;
}

export interface FinalDecoding extends Decoding {
  /** Texts of other complete hypotheses, best first, with their log score relative to the winner's. */
  readonly alternatives: readonly { readonly text: string; readonly logScore: number }[];
}

/** Milliseconds per encoder frame. */
export const encoderFrameMs = 40;

/** Logistic fit of word correctness on the 2,118 words of clips no model had seen (area under the curve .83, calibration error .011). */
const confidenceFit = { offset: 4.43, perPhoneLogPosterior: 1.06, perRivalRatio: -2.75 };

export class CtcDecoder {
  readonly #resources: DecoderResources;
  readonly #hotwords: HotwordSet | undefined;
  readonly #search: CtcBeamSearch;
  readonly #openSearch: (effort: SearchEffort) => CtcBeamSearch;
  #effort: SearchEffort;
  #preview: CtcBeamSearch | undefined;
  #foresight: CtcBeamSearch | undefined;
  /** False when the preview stands behind the search. */
  #previewFollows = false;

  constructor(resources: DecoderResources, options: BeamSearchOptions, hotwords?: HotwordSet) {
    this.#resources = resources;
    this.#hotwords = hotwords;
    this.#search = new CtcBeamSearch(resources, options, hotwords);
    this.#openSearch = (effort) => new CtcBeamSearch(resources, { ...options, ...effort }, hotwords);
    this.#effort = options;
  }

  /** Takes a chunk [frames, vocabulary] of log posteriors. Throws INFERENCE_FAILED when they are not finite. */
  accept(logProbs: Float32Array): Decoding {
    this.#advance(this.#search, logProbs);
    this.#search.settle();
    this.#previewFollows = false;
    return { words: this.#spell(this.#search.best()), settledCount: this.#search.settled.length };
  }

  /**
   * Takes provisional posteriors for frames that `accept` will bring again, better: what they would make of the utterance
   * so far. Successive previews go on from each other until the next `accept`. Throws as `accept`.
   */
  preview(logProbs: Float32Array): Decoding {
    const preview = (this.#preview ??= this.#openSearch(previewOf(this.#effort)));
    if (!this.#previewFollows) preview.follow(this.#search);
    this.#previewFollows = true;
    this.#advance(preview, logProbs);
    return { words: this.#spell(preview.best()), settledCount: this.#search.settled.length };
  }

  /** Cost against accuracy from the next frame on. */
  tune(effort: SearchEffort): void {
    this.#effort = effort;
    this.#search.tune(effort);
    this.#preview?.tune(previewOf(effort));
    this.#foresight?.tune(effort);
  }

  #advance(search: CtcBeamSearch, logProbs: Float32Array): void {
    const size = this.#resources.vocabularySize;
    if (logProbs.length % size !== 0)
      throw new AttuneError('INFERENCE_FAILED', `${logProbs.length} posteriors are not whole frames of ${size}`);
    if (!logProbs.every(Number.isFinite))
      throw new AttuneError('INFERENCE_FAILED', 'the acoustic model returned posteriors that are not finite');
    for (let offset = 0; offset < logProbs.length; offset += size) search.advance(logProbs, offset);
  }

  /** The final words and up to `nBest` hypotheses in all. The decoder is of no use afterwards. */
  finish(nBest: number): FinalDecoding {
    return this.#conclude(this.#search, nBest);
  }

  /** What `finish` would give after an `accept` of these posteriors; nothing is taken. Throws as `accept`. */
  foresee(logProbs: Float32Array, nBest: number): FinalDecoding {
    const foresight = (this.#foresight ??= this.#openSearch(this.#effort));
    foresight.follow(this.#search);
    this.#advance(foresight, logProbs);
    return this.#conclude(foresight, nBest);
  }

  #conclude(search: CtcBeamSearch, nBest: number): FinalDecoding {
    const [winner, ...others] = search.results(nBest);
    const plain = this.#spell(winner?.words ?? []);
    const written = this.#hotwords?.respell(plain.map((word) => word.text));
    const words = written ? plain.map((word, index) => ({ ...word, text: written[index] ?? word.text })) : plain;
    return {
      words,
      settledCount: words.length,
      alternatives: others.map((other) => ({
        text: other.words.map((word) => this.#spelling(word.word)).join(' '),
        logScore: other.score - (winner?.score ?? 0),
      })),
    };
  }

  #spell(words: readonly HistoryWord[]): readonly SttWord[] {
    return words.map((word) => ({
      text: this.#spelling(word.word),
      startMs: word.startFrame * encoderFrameMs,
      endMs: (word.endFrame + 1) * encoderFrameMs,
      confidence: confidenceOf(word),
    }));
  }

  #spelling(word: number): string {
    return this.#resources.words[word] ?? this.#hotwords?.spelling(word) ?? '';
  }
}

/** Narrower than the search itself: a preview is shown for some seconds at most. */
function previewOf({ beam, maxActive }: SearchEffort): SearchEffort {
  return { beam: beam * 0.75, maxActive: Math.ceil(maxActive / 3) };
}

function confidenceOf(word: HistoryWord): number {
  const { offset, perPhoneLogPosterior, perRivalRatio } = confidenceFit;
  const evidence =
    offset + perPhoneLogPosterior * word.phoneLogPosterior + perRivalRatio * Math.min(1, word.rivalRatio);
  return 1 / (1 + Math.exp(-evidence));
}
