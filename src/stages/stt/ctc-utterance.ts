/**
 * One utterance through features, acoustic model and decoder.
 *
 * A single loop takes chunk after chunk, one request in flight, as long as there are whole chunks; audio that arrives
 * meanwhile waits here, bounded by `maxUtteranceMs`. While a chunk is not whole, shorter provisional requests on top of
 * the same state give the text so far; they are thrown away when the chunk is there, and skipped when time is short. Cancelling stops the loop, drops the decoder and discards what
 * comes back. Failures surface at `finish` and end the partials.
 */
import { BoundedQueue } from '../../core/bounded-queue.js';
import { AttuneError, CancelledError } from '../../core/errors.js';
import { featureSampleRateHz } from '../../dsp/mel.js';
import {
  initialAcousticState,
  type AcousticRequest,
  type AcousticResult,
  type AcousticState,
} from './ctc-acoustic-model.js';
import { encoderFrameMs, type Decoding, type FinalDecoding } from './ctc-decoder.js';
import type { CtcSttOptions, CtcSttParts } from './ctc-stt-options.js';
import type { ThreadDecoder } from './decoder-thread.js';
import { readHotwords } from './hotwords.js';
import { MelChunks, silentEncoderFrames, type LastChunk } from './mel-chunks.js';
import type { SttAlternative, SttHypothesis, SttOpenOptions, SttUtterance, SttWord } from './stt.js';

export class CtcUtterance implements SttUtterance {
  readonly #parts: CtcSttParts;
  readonly #options: () => CtcSttOptions;
  readonly #request: SttOpenOptions;
  readonly #onEnd: (utterance: CtcUtterance) => void;
  readonly #controller = new AbortController();
  readonly #decoder: ThreadDecoder;
  readonly #chunks: MelChunks;
  readonly #partials = new BoundedQueue<SttHypothesis>({ capacity: 1, policy: 'drop-oldest' });
  readonly #finalWords: Promise<SttHypothesis>;
  #resolveFinal: (hypothesis: SttHypothesis) => void = () => undefined;
  #rejectFinal: (reason: Error) => void = () => undefined;
  #state: AcousticState;
  /** State after the previews of the current chunk. */
  #previewState: AcousticState;
  /** Encoder frames of the current chunk that previews have covered. */
  #previewedFrames = 0;
  #sampleCount = 0;
  #droppedSamples = 0;
  #finishing = false;
  #ended = false;
  #running = false;

  /**
   * @param options read anew for every request, so that they can change while the utterance goes on
   * @param onEnd told once when the utterance ends, possibly during construction when the signal has aborted
   */
  constructor(
    parts: CtcSttParts,
    options: () => CtcSttOptions,
    request: SttOpenOptions,
    onEnd: (utterance: CtcUtterance) => void,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#request = request;
    this.#onEnd = onEnd;
    this.#state = initialAcousticState(parts.shape);
    this.#previewState = this.#state;
    this.#chunks = new MelChunks(options().chunkFrames);
    this.#decoder = parts.decoders.open(readHotwords([...(request.hotwords ?? []), ...options().hotwords]).phrases);
    this.#finalWords = new Promise((resolve, reject) => {
      this.#resolveFinal = resolve;
      this.#rejectFinal = reject;
    });
    // Nobody may ask for the final text of a cancelled utterance; that is not an unhandled failure.
    this.#finalWords.catch(() => undefined);
    if (request.signal.aborted) this.#onAbort();
    else request.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** True once the final text has settled, one way or the other. */
  get ended(): boolean {
    return this.#ended;
  }

  get partials(): AsyncIterable<SttHypothesis> {
    return this.#partials;
  }

  accept(samples: Float32Array): void {
    if (this.#finishing || this.#ended) return;
    const room = Math.floor((this.#options().maxUtteranceMs * featureSampleRateHz) / 1000) - this.#sampleCount;
    const taken = Math.max(0, Math.min(room, samples.length));
    this.#droppedSamples += samples.length - taken;
    this.#sampleCount += taken;
    if (taken === 0) return;
    this.#chunks.accept(taken === samples.length ? samples : samples.subarray(0, taken));
    this.#advance();
  }

  finish(): Promise<SttHypothesis> {
    if (!this.#finishing) {
      this.#finishing = true;
      this.#advance();
    }
    return this.#finalWords;
  }

  /** Cancels the utterance if it is still open; settles when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#end(new CancelledError('shutdown'));
    await this.#finalWords.catch(() => undefined);
  }

  readonly #onAbort = (): void => this.#end(this.#request.signal.reason as Error);

  /** Starts the loop unless it runs. The loop handles its own failures. */
  #advance(): void {
    if (this.#running || this.#ended) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      const { chunkFrames } = this.#options();
      while (!this.#ended) {
        const features = this.#chunks.take();
        if (features) await this.#recognise({ features, chunkFrames, encoderFrames: chunkFrames });
        else if (this.#finishing || !(await this.#preview())) break;
      }
      if (this.#finishing && !this.#ended) {
        for (const last of this.#chunks.takeLast()) if (!this.#ended) await this.#recognise(last);
        if (!this.#ended) this.#settle(await this.#decoder.finish());
      }
    } catch (error) {
      this.#end(error as Error);
    } finally {
      this.#running = false;
    }
  }

  /** One chunk through both models. */
  async #recognise({ features, chunkFrames, encoderFrames }: LastChunk): Promise<void> {
    const result = await this.#submit({ features, chunkFrames, state: this.#state });
    if (this.#ended) return;
    this.#state = this.#previewState = result.state;
    this.#previewedFrames = 0;
    const decoding = await this.#decoder.feed(
      result.logProbs.slice(0, encoderFrames * this.#parts.shape.vocabularySize),
    );
    if (!this.#ended) this.#partials.offer(hypothesis(decoding));
  }

  /** The text so far from the next part of a chunk that is not whole yet. False when there is no next part. */
  async #preview(): Promise<boolean> {
    const { previewFrames } = this.#options();
    const features = previewFrames > 0 ? this.#chunks.peek(this.#previewedFrames, previewFrames) : undefined;
    if (!features) return false;
    const result = await this.#submit({ features, chunkFrames: previewFrames, state: this.#previewState });
    if (this.#ended) return false;
    this.#previewState = result.state;
    this.#previewedFrames += previewFrames;
    const decoding = await this.#decoder.preview(result.logProbs);
    if (!this.#ended) this.#partials.offer(hypothesis(decoding));
    return true;
  }

  #submit(request: AcousticRequest): Promise<AcousticResult> {
    return this.#parts.batcher.submit(request, {
      signal: this.#controller.signal,
      deadlineMs: this.#parts.clock.nowMs() + this.#options().chunkDeadlineMs,
      callId: this.#request.callId,
    });
  }

  #settle(decoding: FinalDecoding): void {
    const final: SttHypothesis = {
      ...hypothesis(decoding),
      ...this.#parts.writer.write(decoding.words),
      isFinal: true,
      alternatives: rankedAlternatives(decoding),
    };
    const droppedMs = (this.#droppedSamples * 1000) / featureSampleRateHz;
    const error = new AttuneError(
      'UTTERANCE_TOO_LONG',
      `the last ${Math.round(droppedMs)} ms of the utterance were not transcribed`,
    );
    this.#resolveFinal(droppedMs > 0 ? { ...final, error } : final);
    this.#end(new CancelledError('scope-ended'));
  }

  /** Ends the utterance once: `reason` rejects the final text unless it has settled. */
  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#rejectFinal(reason);
    this.#partials.close();
    this.#controller.abort(reason);
    this.#decoder.drop();
    this.#onEnd(this);
  }
}

/** Milliseconds of silence that the decoder hears before the audio. */
const leadMs = silentEncoderFrames * encoderFrameMs;

/** Words so far as a hypothesis; text and words are plain. */
function hypothesis(decoding: Decoding): SttHypothesis {
  const words = decoding.words.map((word) => ({
    ...word,
    startMs: Math.max(0, word.startMs - leadMs),
    endMs: Math.max(0, word.endMs - leadMs),
  }));
  const text = (words: readonly SttWord[]): string => words.map((word) => word.text).join(' ');
  const sum = decoding.words.reduce((total, word) => total + word.confidence, 0);
  return {
    text: text(decoding.words),
    stableText: text(decoding.words.slice(0, decoding.settledCount)),
    words,
    confidence: decoding.words.length === 0 ? 1 : sum / decoding.words.length,
    isFinal: false,
  };
}

/** The other complete hypotheses with their share of the probability of all, the winner's included. */
function rankedAlternatives({ alternatives }: FinalDecoding): readonly SttAlternative[] {
  const total = alternatives.reduce((sum, other) => sum + Math.exp(other.logScore), 1);
  return alternatives.map(({ text, logScore }) => ({ text, probability: Math.exp(logScore) / total }));
}
