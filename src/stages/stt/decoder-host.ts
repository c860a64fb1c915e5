/**
 * Many decoders of one thread, by utterance: carries out commands and says what to reply.
 *
 * No thread and no port in here, so it is tested as a table. A command for an utterance that does not exist (it failed
 * before, or was never admitted) is answered with a failure, never ignored when an answer is due.
 */
import { AttuneError, toAttuneError } from '../../core/errors.js';
import { CtcDecoder } from './ctc-decoder.js';
import type { DecoderCommand, DecoderReply, DecoderThreadSettings } from './decoder-messages.js';
import type { DecoderResources } from './decoder-resources.js';

export class DecoderHost {
  readonly #resources: DecoderResources;
  readonly #settings: Omit<DecoderThreadSettings, 'files'>;
  readonly #decoders = new Map<number, CtcDecoder>();

  constructor(resources: DecoderResources, settings: Omit<DecoderThreadSettings, 'files'>) {
    this.#resources = resources;
    this.#settings = settings;
  }

  /** Utterances open now. */
  get size(): number {
    return this.#decoders.size;
  }

  /** Carries out one command; undefined when it has no answer. Never throws. */
  handle(command: DecoderCommand): DecoderReply | undefined {
    switch (command.type) {
      case 'open':
        if (this.#decoders.size < this.#settings.maxUtterances) {
          this.#decoders.set(command.utteranceId, new CtcDecoder(this.#resources, this.#settings.search, command.hotwords));
        }
        return undefined;
      case 'drop':
        this.#decoders.delete(command.utteranceId);
        return undefined;
      case 'feed':
        return this.#answer(command, (decoder) => ({ type: 'decoded', requestId: command.requestId, decoding: decoder.accept(command.logProbs) }));
      case 'finish':
        return this.#answer(command, (decoder) => {
          this.#decoders.delete(command.utteranceId);
          return { type: 'finished', requestId: command.requestId, decoding: decoder.finish(this.#settings.nBest) };
        });
    }
  }

  #answer(command: { readonly utteranceId: number; readonly requestId: number }, work: (decoder: CtcDecoder) => DecoderReply): DecoderReply {
    try {
      const decoder = this.#decoders.get(command.utteranceId);
      if (!decoder) throw new AttuneError('OVERLOADED', `the decoder thread takes ${this.#settings.maxUtterances} utterances at once`);
      return work(decoder);
    } catch (error) {
      this.#decoders.delete(command.utteranceId);
      const { code, message } = toAttuneError(error, 'INFERENCE_FAILED');
      return { type: 'failed', requestId: command.requestId, code, message };
    }
  }
}
