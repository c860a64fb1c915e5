/**
 * The course of one utterance around an engine's task: limit, cancelling, partial texts, final text.
 *
 * One loop takes step after step while the task is ready, one at a time. A step that fails ends the partial texts with
 * its error and nothing else: the final text is still tried, and its failure rejects `finish`. Cancelling ends all of it
 * and discards what comes back.
 */
import { BoundedQueue } from '../../../core/bounded-queue.js';
import { AttuneError, CancelledError, toAttuneError } from '../../../core/errors.js';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import { readHotwords, type Hotword } from '../hotwords.js';
import type { SttHypothesis, SttOpenOptions, SttUtterance, SttWord } from '../stt.js';
import type { TranscriptWriter } from '../written-form/transcript-writer.js';
import { plainWords, readableText } from './engine-spelling.js';
import type { Recognised, TaskRequest, UtteranceTask } from './utterance-task.js';

export interface DrivenUtteranceOptions {
  /** Audio beyond this is dropped and the final hypothesis says so. */
  readonly maxUtteranceMs: number;
  /** Words every utterance listens for, after its own. */
  readonly hotwords: readonly (string | Hotword)[];
  /** Makes plain English words readable. */
  readonly writer: TranscriptWriter;
  /**
   * True when the engine spells words as the contract has them, plain but for hot words as given: they are left as they are,
   * and the writer makes the final text. False by default.
   */
  readonly keepsSpelling?: boolean;
  readonly openTask: (request: TaskRequest) => UtteranceTask;
}

export class DrivenUtterance implements SttUtterance {
  readonly #request: SttOpenOptions;
  readonly #onEnd: (utterance: DrivenUtterance) => void;
  readonly #controller = new AbortController();
  readonly #task: UtteranceTask;
  readonly #partials = new BoundedQueue<SttHypothesis>({ capacity: 1, policy: 'drop-oldest' });
  readonly #finalText: Promise<SttHypothesis>;
  readonly #maxSamples: number;
  readonly #writer: TranscriptWriter;
  readonly #keepsSpelling: boolean;
  #resolveFinal: (hypothesis: SttHypothesis) => void = () => undefined;
  #rejectFinal: (reason: Error) => void = () => undefined;
  #running: Promise<void> | undefined;
  #foresight: Foresight | undefined;
  #sampleCount = 0;
  #droppedSamples = 0;
  #finishing = false;
  #ended = false;

  /** @param onEnd told once when the utterance ends, possibly during construction when the signal has aborted */
  constructor(options: DrivenUtteranceOptions, request: SttOpenOptions, onEnd: (utterance: DrivenUtterance) => void) {
    this.#request = request;
    this.#onEnd = onEnd;
    this.#writer = options.writer;
    this.#keepsSpelling = options.keepsSpelling ?? false;
    this.#maxSamples = Math.floor((options.maxUtteranceMs * modelSampleRateHz) / 1000);
    const { phrases } = readHotwords([...(request.hotwords ?? []), ...options.hotwords]);
    this.#task = options.openTask({
      callId: request.callId,
      language: request.language,
      phrases,
      hotwords: phrases.map(({ words }) => words.join(' ')),
      signal: this.#controller.signal,
    });
    this.#finalText = new Promise((resolve, reject) => {
      this.#resolveFinal = resolve;
      this.#rejectFinal = reject;
    });
    // Nobody may ask for the final text of a cancelled utterance; that is not an unhandled failure.
    this.#finalText.catch(() => undefined);
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
    const taken = Math.max(0, Math.min(this.#maxSamples - this.#sampleCount, samples.length));
    this.#droppedSamples += samples.length - taken;
    this.#sampleCount += taken;
    if (taken === 0) return;
    this.#task.accept(samples.slice(0, taken));
    this.#advance();
  }

  finish(): Promise<SttHypothesis> {
    if (!this.#finishing) {
      this.#finishing = true;
      this.#advance();
    }
    return this.#finalText;
  }

  foresee(): Promise<SttHypothesis | null> {
    if (!this.#task.foresee) return Promise.resolve(null);
    if (this.#finishing || this.#ended) return Promise.reject(new CancelledError('superseded'));
    this.#foresight ??= pending();
    const { promise } = this.#foresight;
    this.#advance();
    return promise;
  }

  /** Cancels the utterance if it is still open; settles when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#end(new CancelledError('shutdown'));
    await this.#running;
  }

  readonly #onAbort = (): void => this.#end(this.#request.signal.reason as Error);

  /** Starts the loop unless it runs. The loop handles its own failures. */
  #advance(): void {
    if (this.#ended) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#finishing || this.#wantsStep || this.#foresight) this.#advance();
    });
  }

  get #wantsStep(): boolean {
    return !this.#ended && !this.#finishing && !this.#partials.closed && this.#task.ready;
  }

  async #run(): Promise<void> {
    while (this.#wantsStep) {
      try {
        const recognised = await this.#task.step();
        if (!this.#ended && !this.#finishing) this.#partials.offer(this.#partial(recognised));
      } catch (error) {
        this.#partials.close(toAttuneError(error, 'INFERENCE_FAILED'));
      }
    }
    if (this.#ended) return;
    if (!this.#finishing) return this.#lookAhead();
    this.#foresight?.reject(new CancelledError('superseded'));
    this.#foresight = undefined;
    try {
      const recognised = this.#sampleCount === 0 ? nothing : await this.#task.finish();
      if (!this.#ended) this.#settle(recognised);
    } catch (error) {
      this.#end(toAttuneError(error, 'INFERENCE_FAILED'));
    }
  }

  /** Answers who asked for the text that there would be if no more audio came. */
  async #lookAhead(): Promise<void> {
    const foresight = this.#foresight;
    this.#foresight = undefined;
    try {
      if (foresight && this.#task.foresee) foresight.resolve(this.#final(await this.#task.foresee()));
    } catch (error) {
      foresight?.reject(toAttuneError(error, 'INFERENCE_FAILED'));
    }
  }

  #partial({ words, settledCount }: Recognised): SttHypothesis {
    const settled = this.#spelled(words.slice(0, settledCount));
    return hypothesis([...settled, ...this.#spelled(words.slice(settledCount))], settled.length);
  }

  #final(recognised: Recognised): SttHypothesis {
    const words = this.#spelled(recognised.words);
    const own = this.#keepsSpelling ? undefined : readableText(recognised.text, words, this.#request.language);
    const final: SttHypothesis = {
      ...hypothesis(words, words.length),
      ...(own === undefined ? this.#writer.write(words) : { text: own }),
      isFinal: true,
      ...(recognised.alternatives === undefined ? {} : { alternatives: recognised.alternatives }),
    };
    const droppedMs = (this.#droppedSamples * 1000) / modelSampleRateHz;
    if (droppedMs === 0) return final;
    const lost = `the last ${Math.round(droppedMs)} ms of the utterance were not transcribed`;
    return { ...final, error: new AttuneError('UTTERANCE_TOO_LONG', lost) };
  }

  #settle(recognised: Recognised): void {
    this.#resolveFinal(this.#final(recognised));
    this.#end(new CancelledError('scope-ended'));
  }

  #spelled(words: readonly SttWord[]): readonly SttWord[] {
    return this.#keepsSpelling ? words : plainWords(words);
  }

  /** Ends the utterance once: `reason` rejects the final text unless it has settled. */
  #end(reason: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.signal.removeEventListener('abort', this.#onAbort);
    this.#rejectFinal(reason);
    this.#foresight?.reject(reason);
    this.#foresight = undefined;
    this.#partials.close();
    this.#controller.abort(reason);
    this.#task.drop();
    this.#onEnd(this);
  }
}

interface Foresight {
  readonly promise: Promise<SttHypothesis>;
  readonly resolve: (hypothesis: SttHypothesis) => void;
  readonly reject: (reason: unknown) => void;
}

/** Nobody may wait for it any more when it is rejected; that is not an unhandled failure. */
function pending(): Foresight {
  let resolve: (hypothesis: SttHypothesis) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<SttHypothesis>((keep, refuse) => {
    resolve = keep;
    reject = refuse;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

const nothing: Recognised = { text: '', words: [], settledCount: 0 };

function hypothesis(words: readonly SttWord[], settledCount: number): SttHypothesis {
  const textOf = (some: readonly SttWord[]): string => some.map((word) => word.text).join(' ');
  const sum = words.reduce((total, word) => total + word.confidence, 0);
  return {
    text: textOf(words),
    stableText: textOf(words.slice(0, settledCount)),
    words,
    confidence: words.length === 0 ? 1 : sum / words.length,
    isFinal: false,
  };
}
