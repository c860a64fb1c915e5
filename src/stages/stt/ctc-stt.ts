/**
 * Speech to text with the embedded recogniser: log-mel features, batched acoustic model, decoder thread.
 *
 * Owns the options, which may change while calls go on, and the decoder thread; the acoustic model's batcher is lent. One
 * utterance's work is `ctc-task.ts`, its course that of every recogniser.
 */
import type { LoadLevel } from '../../core/load-level.js';
import { defaultCtcSttOptions, type CtcSttOptions, type CtcSttParts, type SttEffort } from './ctc-stt-options.js';
import { CtcTask } from './ctc-task.js';
import { DrivenStt } from './driven/driven-stt.js';
import type { Stt, SttOpenOptions, SttUtterance } from './stt.js';

/** Of the usual beam when fewer readings are weighed: 10 for 14 had 12.0 % of the words wrong for 11.4, at 2.3 times the speed (training/stt/README.md). */
const easedBeam = 10 / 14;

export class CtcStt implements Stt {
  readonly name: string;
  readonly #parts: CtcSttParts;
  readonly #driven: DrivenStt;
  /** What it was opened with. */
  readonly #usual: CtcSttOptions;
  #options: CtcSttOptions;

  constructor(parts: CtcSttParts, options: CtcSttOptions = defaultCtcSttOptions) {
    const { name, language, maxUtteranceMs, hotwords } = options;
    this.name = name;
    this.#parts = parts;
    this.#options = this.#usual = options;
    this.#driven = new DrivenStt(
      {
        openTask: (request) => new CtcTask(parts, () => this.#options, request),
        [Symbol.asyncDispose]: () => parts.decoders[Symbol.asyncDispose](),
      },
      { name, languages: [language], maxUtteranceMs, hotwords, writer: parts.writer, keepsSpelling: true },
    );
  }

  open(request: SttOpenOptions): SttUtterance {
    return this.#driven.open(request);
  }

  /**
   * Trades accuracy for cost while calls go on: the width of every search from its next frame, and whether texts are
   * shown before a chunk is whole. Rejects with WORKER_CRASHED.
   */
  async tune({ previewFrames, ...effort }: SttEffort): Promise<void> {
    this.#options = { ...this.#options, previewFrames };
    await this.#parts.decoders.tune(effort);
  }

  /** Rejects as `tune`. */
  async ease(level: LoadLevel): Promise<void> {
    const { chunkFrames, previewFrames, search } = this.#usual;
    const eased = previewFrames * 2 ** level;
    // Previews fill a chunk exactly, or there are none.
    const isWorth = level < 3 && eased < chunkFrames;
    const beam = level < 3 ? search.beam : search.beam * easedBeam;
    await this.tune({ previewFrames: isWorth ? eased : 0, beam, maxActive: search.maxActive });
  }

  /** Cancels what is in progress, ends the decoder thread, and settles when both have. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driven[Symbol.asyncDispose]();
  }
}
