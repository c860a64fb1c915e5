/**
 * The main thread's side of a decoder thread.
 *
 * Owns the worker: starts it, pairs replies with requests, and starts another when it crashes. A crash rejects what was
 * pending with WORKER_CRASHED, and every utterance that was open then; utterances opened afterwards are served by the
 * new worker. Callers keep one request in flight per utterance.
 */
import { Worker } from 'node:worker_threads';
import { AttuneError } from '../../core/errors.js';
import type { Decoding, FinalDecoding } from './ctc-decoder.js';
import type { DecoderCommand, DecoderReply, DecoderThreadSettings } from './decoder-messages.js';

/** One utterance on the decoder thread. */
export interface ThreadDecoder {
  /** Decodes one chunk. The array is handed over. Rejects with WORKER_CRASHED, OVERLOADED or INFERENCE_FAILED. */
  feed(logProbs: Float32Array): Promise<Decoding>;
  /** The final words; the utterance is forgotten. Rejects as `feed` does. */
  finish(): Promise<FinalDecoding>;
  /** Forgets the utterance; harmless after `finish`. */
  drop(): void;
}

/** Where utterances are decoded. */
export interface DecoderService extends AsyncDisposable {
  /** @param hotwords words made more likely; unknown ones are ignored */
  open(hotwords: readonly string[]): ThreadDecoder;
}

interface Pending {
  resolve(reply: DecoderReply): void;
  reject(error: AttuneError): void;
}

export class DecoderThread implements DecoderService {
  readonly #settings: DecoderThreadSettings;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker;
  #ready: Pending | undefined;
  #generation = 0;
  #lastId = 0;
  #closing = false;

  private constructor(settings: DecoderThreadSettings) {
    this.#settings = settings;
    this.#worker = this.#spawn();
  }

  /** Settles when the data is loaded. Rejects with MODEL_MISSING, MODEL_CORRUPT or MODEL_INTERFACE_MISMATCH. */
  static async start(settings: DecoderThreadSettings): Promise<DecoderThread> {
    const thread = new DecoderThread(settings);
    try {
      await new Promise((resolve, reject) => {
        thread.#ready = { resolve, reject };
      });
      return thread;
    } catch (error) {
      await thread[Symbol.asyncDispose]();
      throw error;
    } finally {
      thread.#ready = undefined;
    }
  }

  open(hotwords: readonly string[]): ThreadDecoder {
    const utteranceId = ++this.#lastId;
    const generation = this.#generation;
    this.#post({ type: 'open', utteranceId, hotwords });
    return {
      feed: async (logProbs) => {
        const reply = await this.#request({ type: 'feed', utteranceId, requestId: ++this.#lastId, logProbs }, generation);
        if (reply.type !== 'decoded') throw new AttuneError('INVARIANT_BROKEN', `a feed was answered by ${reply.type}`);
        return reply.decoding;
      },
      finish: async () => {
        const reply = await this.#request({ type: 'finish', utteranceId, requestId: ++this.#lastId }, generation);
        if (reply.type !== 'finished') throw new AttuneError('INVARIANT_BROKEN', `a finish was answered by ${reply.type}`);
        return reply.decoding;
      },
      drop: () => {
        if (generation === this.#generation) this.#post({ type: 'drop', utteranceId });
      },
    };
  }

  /** Ends the thread; what is pending is rejected with WORKER_CRASHED. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    this.#fail('the decoder thread was closed');
    await this.#worker.terminate();
  }

  #request(command: Extract<DecoderCommand, { requestId: number }>, generation: number): Promise<DecoderReply> {
    if (this.#closing || generation !== this.#generation) {
      return Promise.reject(new AttuneError('WORKER_CRASHED', 'the decoder thread that held this utterance has ended'));
    }
    return new Promise((resolve, reject) => {
      this.#pending.set(command.requestId, { resolve, reject });
      this.#post(command);
    });
  }

  #post(command: DecoderCommand): void {
    const transfer = command.type === 'feed' ? [command.logProbs.buffer as ArrayBuffer] : [];
    this.#worker.postMessage(command, transfer);
  }

  #spawn(): Worker {
    const worker = new Worker(new URL('./decoder-worker.js', import.meta.url), { workerData: this.#settings });
    worker.on('message', (reply: DecoderReply) => this.#take(reply));
    worker.on('error', (error) => this.#crashed(worker, error));
    worker.on('exit', (code) => this.#crashed(worker, new Error(`exit status ${code}`)));
    return worker;
  }

  #take(reply: DecoderReply): void {
    if (reply.type === 'ready') {
      this.#ready?.resolve(reply);
      return;
    }
    if (reply.type === 'unusable') {
      this.#ready?.reject(new AttuneError(reply.code, reply.message));
      return;
    }
    const pending = this.#pending.get(reply.requestId);
    this.#pending.delete(reply.requestId);
    if (reply.type === 'failed') pending?.reject(new AttuneError(reply.code, reply.message));
    else pending?.resolve(reply);
  }

  #crashed(worker: Worker, cause: Error): void {
    if (this.#closing || worker !== this.#worker) return;
    this.#generation += 1;
    this.#ready?.reject(new AttuneError('WORKER_CRASHED', 'the decoder thread ended while it loaded', { cause }));
    this.#fail('the decoder thread ended', cause);
    if (!this.#ready) this.#worker = this.#spawn();
  }

  #fail(message: string, cause?: Error): void {
    for (const pending of this.#pending.values()) pending.reject(new AttuneError('WORKER_CRASHED', message, { cause }));
    this.#pending.clear();
  }
}
