/**
 * The decoders of one thread, by utterance: carries out requests.
 *
 * No thread and no port in here, so it is tested as a table. An utterance that failed or finished no longer exists; a
 * request for one that does not exist is WORKER_CRASHED, because a thread that was started anew is how it gets lost.
 */
import { AttuneError } from '../../core/errors.js';
import type { SearchEffort } from './ctc-beam-search.js';
import { CtcDecoder } from './ctc-decoder.js';
import type { HotwordPhrase } from './hotwords.js';
import type { DecoderAnswer, DecoderLimits, DecoderRequest } from './decoder-messages.js';
import type { DecoderResources } from './decoder-resources.js';
import { HotwordCompiler } from './hotword-compiler.js';

const done: DecoderAnswer = { type: 'done' };

export class DecoderHost {
  readonly #resources: DecoderResources;
  readonly #limits: DecoderLimits;
  readonly #hotwords: HotwordCompiler;
  readonly #decoders = new Map<number, CtcDecoder>();
  #effort: SearchEffort | undefined;

  constructor(resources: DecoderResources, limits: DecoderLimits) {
    this.#resources = resources;
    this.#limits = limits;
    this.#hotwords = new HotwordCompiler(resources, limits.search);
  }

  /** Utterances open now. */
  get size(): number {
    return this.#decoders.size;
  }

  /** Carries out one request. Throws OVERLOADED, WORKER_CRASHED or INFERENCE_FAILED. */
  handle(request: DecoderRequest): DecoderAnswer {
    switch (request.type) {
      case 'load':
        return done;
      case 'tune':
        this.#effort = request.effort;
        for (const decoder of this.#decoders.values()) decoder.tune(request.effort);
        return done;
      case 'open':
        if (this.#decoders.size >= this.#limits.maxUtterances) {
          throw new AttuneError(
            'OVERLOADED',
            `the decoder thread takes ${this.#limits.maxUtterances} utterances at once`,
          );
        }
        this.#decoders.set(request.utteranceId, this.#openDecoder(request.hotwords));
        return done;
      case 'drop':
        this.#decoders.delete(request.utteranceId);
        return done;
      case 'finish': {
        const decoder = this.#take(request.utteranceId);
        return { type: 'finished', decoding: decoder.finish(this.#limits.nBest) };
      }
      case 'foresee': {
        const decoder = this.#take(request.utteranceId);
        const decoding = decoder.foresee(request.logProbs, this.#limits.nBest);
        this.#decoders.set(request.utteranceId, decoder);
        return { type: 'finished', decoding };
      }
      case 'feed':
      case 'preview': {
        const decoder = this.#take(request.utteranceId);
        const decoding = request.type === 'feed' ? decoder.accept(request.logProbs) : decoder.preview(request.logProbs);
        this.#decoders.set(request.utteranceId, decoder);
        return { type: 'decoded', decoding };
      }
    }
  }

  #openDecoder(hotwords: readonly HotwordPhrase[]): CtcDecoder {
    const decoder = new CtcDecoder(this.#resources, this.#limits.search, this.#hotwords.compile(hotwords));
    if (this.#effort) decoder.tune(this.#effort);
    return decoder;
  }

  /** Removes the utterance's decoder, so that a failure leaves nothing behind. */
  #take(utteranceId: number): CtcDecoder {
    const decoder = this.#decoders.get(utteranceId);
    if (!decoder) throw new AttuneError('WORKER_CRASHED', 'the decoder thread does not hold this utterance');
    this.#decoders.delete(utteranceId);
    return decoder;
  }
}
