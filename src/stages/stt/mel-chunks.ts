/**
 * Audio of one utterance as the acoustic model's chunks: log-mel frames with the context before them.
 *
 * Frame grid and filters are dsp/mel's. Before the first frame and after the last there is the feature of digital
 * silence. Memory is bounded by whoever calls `accept`: chunks that nobody takes stay here.
 */
import { LogMelStream, melBandCount } from '../../dsp/mel.js';
import { contextFrames, melFramesPerEncoderFrame } from './ctc-acoustic-model.js';

/** Log-mel value of digital silence: the natural logarithm of the energy floor. */
const silence = Math.log(1e-10);

export class MelChunks {
  readonly #chunkMelFrames: number;
  readonly #stream = new LogMelStream();
  /** Context and frames that wait, row-major. */
  #waiting = new Float32Array(contextFrames * melBandCount).fill(silence);

  constructor(chunkFrames: number) {
    this.#chunkMelFrames = chunkFrames * melFramesPerEncoderFrame;
  }

  /** Adds samples (copied). */
  accept(samples: Float32Array): void {
    const frames = this.#stream.accept(samples);
    if (frames.length === 0) return;
    const joined = new Float32Array(this.#waiting.length + frames.length);
    joined.set(this.#waiting);
    joined.set(frames, this.#waiting.length);
    this.#waiting = joined;
  }

  /** The next whole chunk [4·chunkFrames + 3, 80], or undefined when there is less. */
  take(): Float32Array | undefined {
    const length = (this.#chunkMelFrames + contextFrames) * melBandCount;
    if (this.#waiting.length < length) return undefined;
    const chunk = this.#waiting.slice(0, length);
    this.#waiting = this.#waiting.slice(this.#chunkMelFrames * melBandCount);
    return chunk;
  }

  /** What is left, padded to a whole chunk, with the encoder frames in it that hold audio; undefined when nothing is left. */
  takeLast(): { readonly features: Float32Array; readonly encoderFrames: number } | undefined {
    const melFrames = this.#waiting.length / melBandCount - contextFrames;
    if (melFrames === 0) return undefined;
    const features = new Float32Array((this.#chunkMelFrames + contextFrames) * melBandCount).fill(silence);
    features.set(this.#waiting);
    this.#waiting = this.#waiting.slice(melFrames * melBandCount);
    return { features, encoderFrames: Math.ceil(melFrames / melFramesPerEncoderFrame) };
  }
}
