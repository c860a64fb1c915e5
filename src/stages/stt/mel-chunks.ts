/**
 * Audio of one utterance as the acoustic model's chunks: log-mel frames with the context before them.
 *
 * Frame grid and filters are dsp/mel's. Before the first frame and after the last there is digital silence, because
 * a model trained on whole sentences hears the first and last sounds of a tightly cut word better with some around it. Memory is bounded by whoever calls `accept`: chunks that nobody takes stay here.
 */
import { LogMelStream, melBandCount } from '../../dsp/mel.js';
import { contextFrames, melFramesPerEncoderFrame } from './ctc-acoustic-model.js';

/** Log-mel value of digital silence: the natural logarithm of the energy floor. */
const silence = Math.log(1e-10);

/** Silent encoder frames before the audio and after it: 240 ms, best of 0, 240 and 480 on train-split digits. */
export const silentEncoderFrames = 6;

/** The last chunk's length is a multiple of so many encoder frames, so that last chunks of several callers share a batch. */
const lastChunkStep = 8;

/** One of the chunks that end an utterance. */
export interface LastChunk {
  /** [4·chunkFrames + 3, 80], row-major. */
  readonly features: Float32Array;
  readonly chunkFrames: number;
  /** Encoder frames, from the first, that hold audio or the silence after it; the rest is padding. */
  readonly encoderFrames: number;
}

export class MelChunks {
  readonly #chunkFrames: number;
  readonly #stream = new LogMelStream();
  /** Context and frames that wait, row-major. */
  #waiting = new Float32Array((contextFrames + silentEncoderFrames * melFramesPerEncoderFrame) * melBandCount).fill(
    silence,
  );
  #heard = false;

  constructor(chunkFrames: number) {
    this.#chunkFrames = chunkFrames;
  }

  /** Adds samples (copied). */
  accept(samples: Float32Array): void {
    const frames = this.#stream.accept(samples);
    if (frames.length === 0) return;
    this.#heard = true;
    const joined = new Float32Array(this.#waiting.length + frames.length);
    joined.set(this.#waiting);
    joined.set(frames, this.#waiting.length);
    this.#waiting = joined;
  }

  /** True when `take` has a chunk to give. */
  get hasWhole(): boolean {
    return this.has(0, this.#chunkFrames);
  }

  /** True when `peek` has these frames. */
  has(startFrame: number, frameCount: number): boolean {
    const melFrames = (startFrame + frameCount) * melFramesPerEncoderFrame + contextFrames;
    return melFrames * melBandCount <= this.#waiting.length;
  }

  /** The next whole chunk [4·chunkFrames + 3, 80], or undefined when there is less. */
  take(): Float32Array | undefined {
    const chunk = this.peek(0, this.#chunkFrames);
    if (chunk) this.#waiting = this.#waiting.slice(this.#chunkFrames * melFramesPerEncoderFrame * melBandCount);
    return chunk;
  }

  /**
   * A copy of `frameCount` encoder frames with their context, from `startFrame` frames after what has been taken;
   * undefined when they are not all there.
   */
  peek(startFrame: number, frameCount: number): Float32Array | undefined {
    if (!this.has(startFrame, frameCount)) return undefined;
    const start = startFrame * melFramesPerEncoderFrame * melBandCount;
    const length = (frameCount * melFramesPerEncoderFrame + contextFrames) * melBandCount;
    return this.#waiting.slice(start, start + length);
  }

  /** As `peekLast`, and ends the audio. */
  takeLast(): readonly LastChunk[] {
    const chunks = this.peekLast();
    this.#waiting = new Float32Array(0);
    return chunks;
  }

  /**
   * What is left and silence after it, as whole chunks and a last one that is only as long as needed (a multiple of
   * `lastChunkStep` frames), each with the encoder frames that count. Empty when there was no whole window of audio.
   */
  peekLast(): readonly LastChunk[] {
    if (!this.#heard) return [];
    const melFrames =
      this.#waiting.length / melBandCount - contextFrames + silentEncoderFrames * melFramesPerEncoderFrame;
    const encoderFrames = Math.ceil(melFrames / melFramesPerEncoderFrame);
    const paddedFrames = Math.ceil(encoderFrames / lastChunkStep) * lastChunkStep;
    const padded = new Float32Array((paddedFrames * melFramesPerEncoderFrame + contextFrames) * melBandCount).fill(
      silence,
    );
    padded.set(this.#waiting);
    const frameWidth = melFramesPerEncoderFrame * melBandCount;
    const chunks: LastChunk[] = [];
    for (let start = 0; start < encoderFrames; start += this.#chunkFrames) {
      const chunkFrames = Math.min(this.#chunkFrames, paddedFrames - start);
      const features = padded.slice(
        start * frameWidth,
        (start + chunkFrames) * frameWidth + contextFrames * melBandCount,
      );
      chunks.push({ features, chunkFrames, encoderFrames: Math.min(chunkFrames, encoderFrames - start) });
    }
    return chunks;
  }
}
