/**
 * One utterance through features, acoustic model and decoder.
 *
 * A step is a whole chunk when there is one. While a chunk is not whole, a step is a shorter provisional request on top of
 * the same state, for the text so far; it is thrown away when the chunk is there, and left out when time is short. What a
 * failed step was to add to the state is lost, so the utterance has failed with it.
 */
import { defined } from '../../core/assert.js';
import { joinedFloats } from '../../core/joined-floats.js';
import {
  initialAcousticState,
  type AcousticRequest,
  type AcousticResult,
  type AcousticState,
} from './ctc-acoustic-model.js';
import { encoderFrameMs, type Decoding, type FinalDecoding } from './ctc-decoder.js';
import type { CtcSttOptions, CtcSttParts } from './ctc-stt-options.js';
import type { ThreadDecoder } from './decoder-thread.js';
import type { Recognised, TaskRequest, UtteranceTask } from './driven/utterance-task.js';
import { MelChunks, silentEncoderFrames, type LastChunk } from './mel-chunks.js';
import type { SttAlternative } from './stt.js';

export class CtcTask implements UtteranceTask {
  readonly #parts: CtcSttParts;
  readonly #options: () => CtcSttOptions;
  readonly #request: TaskRequest;
  readonly #decoder: ThreadDecoder;
  readonly #chunkFrames: number;
  readonly #chunks: MelChunks;
  #state: AcousticState;
  /** State after the previews of the current chunk. */
  #previewState: AcousticState;
  /** Encoder frames of the current chunk that previews have covered. */
  #previewedFrames = 0;
  #failure: Error | undefined;

  /** @param options read anew for every request, so that they can change while the utterance goes on */
  constructor(parts: CtcSttParts, options: () => CtcSttOptions, request: TaskRequest) {
    this.#parts = parts;
    this.#options = options;
    this.#request = request;
    this.#state = initialAcousticState(parts.shape);
    this.#previewState = this.#state;
    this.#chunkFrames = options().chunkFrames;
    this.#chunks = new MelChunks(this.#chunkFrames);
    this.#decoder = parts.decoders.open(request.phrases);
  }

  get ready(): boolean {
    if (this.#failure) return false;
    const { previewFrames } = this.#options();
    return this.#chunks.hasWhole || (previewFrames > 0 && this.#chunks.has(this.#previewedFrames, previewFrames));
  }

  accept(samples: Float32Array): void {
    if (!this.#failure) this.#chunks.accept(samples);
  }

  async step(): Promise<Recognised> {
    try {
      const features = this.#chunks.take();
      return recognised(features ? await this.#recognise(this.#whole(features)) : await this.#preview());
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  async foresee(): Promise<Recognised> {
    if (this.#failure) throw this.#failure;
    const parts: Float32Array[] = [];
    let state = this.#state;
    for (const { features, chunkFrames, encoderFrames } of this.#chunks.peekLast()) {
      const result = await this.#submit({ features, chunkFrames, state });
      state = result.state;
      parts.push(result.logProbs.subarray(0, encoderFrames * this.#parts.shape.vocabularySize));
    }
    return concluded(await this.#decoder.foresee(joinedFloats(parts)));
  }

  async finish(): Promise<Recognised> {
    if (this.#failure) throw this.#failure;
    for (let features = this.#chunks.take(); features; features = this.#chunks.take())
      await this.#recognise(this.#whole(features));
    for (const last of this.#chunks.takeLast()) await this.#recognise(last);
    this.#request.signal.throwIfAborted();
    return concluded(await this.#decoder.finish());
  }

  drop(): void {
    this.#decoder.drop();
  }

  #whole(features: Float32Array): LastChunk {
    return { features, chunkFrames: this.#chunkFrames, encoderFrames: this.#chunkFrames };
  }

  /** One chunk through both models. */
  async #recognise({ features, chunkFrames, encoderFrames }: LastChunk): Promise<Decoding> {
    const { logProbs, state } = await this.#submit({ features, chunkFrames, state: this.#state });
    this.#state = this.#previewState = state;
    this.#previewedFrames = 0;
    return this.#decoder.feed(logProbs.slice(0, encoderFrames * this.#parts.shape.vocabularySize));
  }

  /** The text so far from the next part of a chunk that is not whole yet. */
  async #preview(): Promise<Decoding> {
    const { previewFrames } = this.#options();
    const features = defined(this.#chunks.peek(this.#previewedFrames, previewFrames), 'the frames of a preview');
    const result = await this.#submit({ features, chunkFrames: previewFrames, state: this.#previewState });
    this.#previewState = result.state;
    this.#previewedFrames += previewFrames;
    return this.#decoder.preview(result.logProbs);
  }

  /** Rejects also when the utterance ended meanwhile: its decoder takes nothing any more. */
  async #submit(request: AcousticRequest): Promise<AcousticResult> {
    const { signal, callId } = this.#request;
    signal.throwIfAborted();
    const deadlineMs = this.#parts.clock.nowMs() + this.#options().chunkDeadlineMs;
    const result = await this.#parts.batcher.submit(request, { signal, deadlineMs, callId });
    signal.throwIfAborted();
    return result;
  }
}

/** Milliseconds of silence that the decoder hears before the audio. */
const leadMs = silentEncoderFrames * encoderFrameMs;

function recognised({ words, settledCount }: Decoding): Recognised {
  return {
    text: words.map((word) => word.text).join(' '),
    words: words.map((word) => ({
      ...word,
      startMs: Math.max(0, word.startMs - leadMs),
      endMs: Math.max(0, word.endMs - leadMs),
    })),
    settledCount,
  };
}

function concluded(decoding: FinalDecoding): Recognised {
  return { ...recognised(decoding), alternatives: rankedAlternatives(decoding) };
}

/** The other complete hypotheses with their share of the probability of all, the winner's included. */
function rankedAlternatives({ alternatives }: FinalDecoding): readonly SttAlternative[] {
  const total = alternatives.reduce((sum, other) => sum + Math.exp(other.logScore), 1);
  return alternatives.map(({ text, logScore }) => ({ text, probability: Math.exp(logScore) / total }));
}
