/**
 * The main thread's side of a decoder thread.
 *
 * A crash rejects what was pending with WORKER_CRASHED, and every later request of the utterances that were open then;
 * utterances opened afterwards are served by the thread's successor. Callers keep one request in flight per utterance.
 */
import { AttuneError } from '../../core/errors.js';
import { WorkerThread } from '../../inference/worker-thread.js';
import type { SearchEffort } from './ctc-beam-search.js';
import type { Decoding, FinalDecoding } from './ctc-decoder.js';
import type { DecoderAnswer, DecoderRequest, DecoderThreadSettings } from './decoder-messages.js';
import type { HotwordPhrase } from './hotwords.js';

/** One utterance on the decoder thread. */
export interface ThreadDecoder {
  /** Decodes one chunk. The array is handed over. Rejects with WORKER_CRASHED, OVERLOADED or INFERENCE_FAILED. */
  feed(logProbs: Float32Array): Promise<Decoding>;
  /** Decodes provisional posteriors, which the next `feed` replaces. The array is handed over. Rejects as `feed` does. */
  preview(logProbs: Float32Array): Promise<Decoding>;
  /** What `finish` would give after a `feed` of these posteriors. The array is handed over. Rejects as `feed` does. */
  foresee(logProbs: Float32Array): Promise<FinalDecoding>;
  /** The final words; the utterance is forgotten. Rejects as `feed` does. */
  finish(): Promise<FinalDecoding>;
  /** Forgets the utterance; harmless after `finish`. */
  drop(): void;
}

/** Where utterances are decoded. */
export interface DecoderService extends AsyncDisposable {
  /** Cost against accuracy of all searches, those in progress too. */
  tune(effort: SearchEffort): Promise<void>;
  /** @param hotwords phrases made more likely, within `hotwordLimits` */
  open(hotwords: readonly HotwordPhrase[]): ThreadDecoder;
}

export class DecoderThread implements DecoderService {
  readonly #thread: WorkerThread<DecoderRequest, DecoderAnswer>;
  #lastUtteranceId = 0;

  private constructor(settings: DecoderThreadSettings) {
    this.#thread = new WorkerThread({
      url: new URL('./decoder-worker.js', import.meta.url),
      name: 'stt-decoder',
      workerData: settings,
    });
  }

  /** Settles when the data is loaded. Rejects with MODEL_MISSING, MODEL_CORRUPT or MODEL_INTERFACE_MISMATCH. */
  static async start(settings: DecoderThreadSettings): Promise<DecoderThread> {
    const decoders = new DecoderThread(settings);
    try {
      await decoders.#thread.call({ type: 'load' });
      return decoders;
    } catch (error) {
      await decoders[Symbol.asyncDispose]();
      throw error;
    }
  }

  async tune(effort: SearchEffort): Promise<void> {
    await this.#thread.call({ type: 'tune', effort });
  }

  open(hotwords: readonly HotwordPhrase[]): ThreadDecoder {
    const utteranceId = ++this.#lastUtteranceId;
    const opened = this.#thread.call({ type: 'open', utteranceId, hotwords });
    // A refusal reaches the first feed.
    opened.catch(() => undefined);
    const decode = async (type: 'feed' | 'preview', logProbs: Float32Array): Promise<Decoding> => {
      await opened;
      const answer = await this.#thread.call({ type, utteranceId, logProbs }, [logProbs.buffer as ArrayBuffer]);
      if (answer.type !== 'decoded')
        throw new AttuneError('INVARIANT_BROKEN', `a ${type} was answered by ${answer.type}`);
      return answer.decoding;
    };
    const conclude = async (request: DecoderRequest, transfer: ArrayBuffer[] = []): Promise<FinalDecoding> => {
      await opened;
      const answer = await this.#thread.call(request, transfer);
      if (answer.type !== 'finished')
        throw new AttuneError('INVARIANT_BROKEN', `a ${request.type} was answered by ${answer.type}`);
      return answer.decoding;
    };
    return {
      feed: (logProbs) => decode('feed', logProbs),
      preview: (logProbs) => decode('preview', logProbs),
      foresee: (logProbs) => conclude({ type: 'foresee', utteranceId, logProbs }, [logProbs.buffer as ArrayBuffer]),
      finish: () => conclude({ type: 'finish', utteranceId }),
      drop: () => {
        // When the thread has ended there is nothing to forget.
        this.#thread.call({ type: 'drop', utteranceId }).catch(() => undefined);
      },
    };
  }

  /** Ends the thread; what is pending is rejected with WORKER_CRASHED. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
  }
}
