/**
 * Speech to text with the embedded recogniser: log-mel features, batched acoustic model, decoder thread.
 *
 * Owns the options, the utterances in progress and the decoder thread; the acoustic model's batcher is lent. One
 * utterance's course is `ctc-utterance.ts`.
 */
import { AttuneError } from '../../core/errors.js';
import type { Clock } from '../../core/clock.js';
import type { Batcher } from '../../inference/batcher.js';
import type { AcousticRequest, AcousticResult, AcousticShape } from './ctc-acoustic-model.js';
import { CtcUtterance } from './ctc-utterance.js';
import type { DecoderService } from './decoder-thread.js';
import type { Stt, SttOpenOptions, SttUtterance } from './stt.js';

export interface CtcSttOptions {
  readonly name: string;
  /** Primary language subtag of the models, for example `en`. */
  readonly language: string;
  /** Encoder frames (40 ms) per request: latency of the partial text against cost and accuracy. */
  readonly chunkFrames: number;
  /** Audio beyond this is dropped and the final hypothesis says so. */
  readonly maxUtteranceMs: number;
  /** Time one chunk may take, queueing included, before it is refused. */
  readonly chunkDeadlineMs: number;
}

export const defaultCtcSttOptions: CtcSttOptions = {
  name: 'stt-en',
  language: 'en',
  chunkFrames: 8,
  maxUtteranceMs: 60_000,
  chunkDeadlineMs: 5_000,
};

/** What a recogniser is made of. */
export interface CtcSttParts {
  readonly batcher: Batcher<AcousticRequest, AcousticResult>;
  readonly shape: AcousticShape;
  /** Owned from here on: disposed with the recogniser. */
  readonly decoders: DecoderService;
  readonly clock: Clock;
}

export class CtcStt implements Stt {
  readonly name: string;
  readonly #parts: CtcSttParts;
  readonly #options: CtcSttOptions;
  readonly #open = new Set<CtcUtterance>();

  constructor(parts: CtcSttParts, options: CtcSttOptions = defaultCtcSttOptions) {
    this.name = options.name;
    this.#parts = parts;
    this.#options = options;
  }

  open(options: SttOpenOptions): SttUtterance {
    const language = options.language?.toLowerCase().split('-')[0];
    if (language !== undefined && language !== this.#options.language) {
      throw new AttuneError('LANGUAGE_UNSUPPORTED', `${this.name} recognises ${this.#options.language} only`, {
        field: 'language',
      });
    }
    const utterance = new CtcUtterance(this.#parts, this.#options, options, (ended) => this.#open.delete(ended));
    if (!utterance.ended) this.#open.add(utterance);
    return utterance;
  }

  /** Cancels what is in progress, waits for it, and ends the decoder thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open].map((utterance) => utterance.close()));
    await this.#parts.decoders[Symbol.asyncDispose]();
  }
}
