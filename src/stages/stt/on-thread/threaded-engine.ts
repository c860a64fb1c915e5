/**
 * An engine on its thread as the engine of a recogniser: whole recordings, or utterances piece by piece.
 *
 * Streaming engines get what has come since the last step, one request in flight for each utterance. Owns the queue and
 * with it the thread.
 */
import { assert } from '../../../core/assert.js';
import { joinedFloats } from '../../../core/joined-floats.js';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import type { DrivenEngine } from '../driven/driven-stt.js';
import type { Recognised, TaskRequest, UtteranceTask } from '../driven/utterance-task.js';
import { WholeAudioTask, type WholeAudioOptions } from '../driven/whole-audio-task.js';
import type { EngineAbilities, EngineAnswer, EngineText } from './engine-messages.js';
import type { ThreadQueue } from './thread-queue.js';

/** New audio that a streaming engine is given at once: about one step of a streaming Zipformer. */
const streamStepMs = 160;

export class ThreadedEngine implements DrivenEngine {
  readonly #queue: ThreadQueue;
  readonly #abilities: EngineAbilities;
  readonly #options: WholeAudioOptions;
  #lastUtteranceId = 0;

  constructor(queue: ThreadQueue, abilities: EngineAbilities, options: WholeAudioOptions) {
    this.#queue = queue;
    this.#abilities = abilities;
    this.#options = options;
  }

  openTask(request: TaskRequest): UtteranceTask {
    this.#lastUtteranceId += 1;
    if (this.#abilities.isStreaming) return new StreamTask(this.#queue, this.#lastUtteranceId, request);
    return new WholeAudioTask(
      async (samples, { isFinal, signal, language, hotwords }) => {
        const answer = await this.#queue.ask(
          { type: 'recognise', samples, hints: { language, hotwords } },
          { signal, isUrgent: isFinal, transfer: [samples.buffer as ArrayBuffer] },
        );
        return textOf(answer);
      },
      this.#options,
      request,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
  }
}

class StreamTask implements UtteranceTask {
  readonly #queue: ThreadQueue;
  readonly #utteranceId: number;
  readonly #request: TaskRequest;
  #parts: Float32Array[] = [];
  #waitingSamples = 0;
  #fed = false;
  /** Once audio was lost on the way, no text of the rest is worth anything. */
  #failure: Error | undefined;

  constructor(queue: ThreadQueue, utteranceId: number, request: TaskRequest) {
    this.#queue = queue;
    this.#utteranceId = utteranceId;
    this.#request = request;
  }

  get ready(): boolean {
    return this.#waitingSamples >= (streamStepMs * modelSampleRateHz) / 1000;
  }

  accept(samples: Float32Array): void {
    this.#parts.push(samples);
    this.#waitingSamples += samples.length;
  }

  async step(): Promise<Recognised> {
    return recognised(await this.#feed(), 0);
  }

  async finish(): Promise<Recognised> {
    if (this.#failure) throw this.#failure;
    if (this.#waitingSamples > 0) await this.#feed();
    const answer = await this.#queue.ask(
      { type: 'finish', utteranceId: this.#utteranceId },
      { signal: this.#request.signal, isUrgent: true },
    );
    this.#fed = false;
    const text = textOf(answer);
    return recognised(text, text.words.length);
  }

  drop(): void {
    this.#parts = [];
    this.#waitingSamples = 0;
    if (!this.#fed) return;
    // When the thread has ended there is nothing to forget. The utterance's signal has aborted, so it is not used here.
    this.#queue
      .ask({ type: 'drop', utteranceId: this.#utteranceId }, { signal: neverAborted, isUrgent: true })
      .catch(() => undefined);
  }

  async #feed(): Promise<EngineText> {
    const samples = joinedFloats(this.#parts);
    this.#parts = [];
    this.#waitingSamples = 0;
    const isFirst = !this.#fed;
    this.#fed = true;
    const { signal, language, hotwords } = this.#request;
    try {
      const answer = await this.#queue.ask(
        { type: 'feed', utteranceId: this.#utteranceId, isFirst, samples, hints: { language, hotwords } },
        { signal, isUrgent: true, transfer: [samples.buffer] },
      );
      return textOf(answer);
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }
}

const neverAborted = new AbortController().signal;

function textOf(answer: EngineAnswer): EngineText {
  assert(answer.type === 'text', `a recording was answered by ${answer.type}`);
  return answer;
}

function recognised({ text, words }: EngineText, settledCount: number): Recognised {
  return { text, words, settledCount };
}
