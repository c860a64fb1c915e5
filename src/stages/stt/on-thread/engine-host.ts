/**
 * The utterances of one engine thread: carries out requests on the engine that was loaded.
 *
 * No thread and no port in here, so it is tested with a played engine. A stream that failed or finished no longer exists.
 */
import { AttuneError } from '../../../core/errors.js';
import type { EngineAnswer, EngineRequest, EngineStream, ThreadEngine } from './engine-messages.js';

export class EngineHost {
  readonly #engine: ThreadEngine;
  readonly #maxStreams: number;
  readonly #streams = new Map<number, EngineStream>();

  constructor(engine: ThreadEngine, options: { readonly maxStreams: number }) {
    this.#engine = engine;
    this.#maxStreams = options.maxStreams;
  }

  /** Streams open now. */
  get size(): number {
    return this.#streams.size;
  }

  /** Carries out one request. Rejects with OVERLOADED, INFERENCE_FAILED or the engine's own error. */
  async handle(request: EngineRequest): Promise<EngineAnswer> {
    switch (request.type) {
      case 'load':
        return { type: 'loaded', ...this.#engine.abilities };
      case 'recognise':
        return { type: 'text', ...(await this.#engine.recognise(request.samples, request.hints)) };
      case 'drop':
        this.#streams.delete(request.utteranceId);
        return { type: 'done' };
      case 'feed': {
        const stream = request.isFirst ? this.#open(request) : this.#take(request.utteranceId);
        const text = stream.feed(request.samples);
        this.#streams.set(request.utteranceId, stream);
        return { type: 'text', ...text };
      }
      case 'finish':
        return { type: 'text', ...this.#take(request.utteranceId).finish() };
    }
  }

  /** Removes the utterance's stream, so that a failure leaves nothing behind. */
  #take(utteranceId: number): EngineStream {
    const stream = this.#streams.get(utteranceId);
    if (!stream) throw new AttuneError('WORKER_CRASHED', 'the engine thread does not hold this utterance');
    this.#streams.delete(utteranceId);
    return stream;
  }

  #open({ hints }: Extract<EngineRequest, { type: 'feed' }>): EngineStream {
    if (this.#streams.size >= this.#maxStreams) {
      throw new AttuneError('OVERLOADED', `the engine thread takes ${this.#maxStreams} utterances at once`);
    }
    return this.#engine.openStream(hints);
  }
}
