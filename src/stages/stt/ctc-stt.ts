/**
 * Speech to text with the embedded recogniser: log-mel features, batched acoustic model, decoder thread.
 *
 * Owns the utterances in progress and the decoder thread; the acoustic model's batcher is lent. One
 * utterance's course is `ctc-utterance.ts`.
 */
import { AttuneError } from '../../core/errors.js';
import { defaultCtcSttOptions, type CtcSttOptions, type CtcSttParts, type SttEffort } from './ctc-stt-options.js';
import { CtcUtterance } from './ctc-utterance.js';
import type { Stt, SttOpenOptions, SttUtterance } from './stt.js';

export class CtcStt implements Stt {
  readonly name: string;
  readonly #parts: CtcSttParts;
  #options: CtcSttOptions;
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
    const utterance = new CtcUtterance(
      this.#parts,
      () => this.#options,
      options,
      (ended) => this.#open.delete(ended),
    );
    if (!utterance.ended) this.#open.add(utterance);
    return utterance;
  }

  /**
   * Trades accuracy for cost while calls go on: the width of every search from its next frame, and whether texts are
   * shown before a chunk is whole. Rejects with WORKER_CRASHED.
   */
  async tune({ previewFrames, ...effort }: SttEffort): Promise<void> {
    this.#options = { ...this.#options, previewFrames };
    await this.#parts.decoders.tune(effort);
  }

  /** Cancels what is in progress, waits for it, and ends the decoder thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open].map((utterance) => utterance.close()));
    await this.#parts.decoders[Symbol.asyncDispose]();
  }
}
