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

export class MelChunks {
  readonly #chunkMelFrames: number;
  readonly #stream = new LogMelStream();
  /** Context and frames that wait, row-major. */
  #waiting = new Float32Array((contextFrames + silentEncoderFrames * melFramesPerEncoderFrame) * melBandCount).fill(
    silence,
  );
  #heard = false;

  constructor(chunkFrames: number) {
    this.#chunkMelFrames = chunkFrames * melFramesPerEncoderFrame;
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

  /** The next whole chunk [4·chunkFrames + 3, 80], or undefined when there is less. */
  take(): Float32Array | undefined {
    const length = (this.#chunkMelFrames + contextFrames) * melBandCount;
    if (this.#waiting.length < length) return undefined;
    const chunk = this.#waiting.slice(0, length);
    this.#waiting = this.#waiting.slice(this.#chunkMelFrames * melBandCount);
    return chunk;
  }

  /**
   * Ends the audio: what is left and the silence after it, padded to whole chunks, each with the encoder frames that
   * count. Empty when there was no whole window of audio.
   */
  takeLast(): readonly { readonly features: Float32Array; readonly encoderFrames: number }[] {
    if (!this.#heard) return [];
    const melFrames =
      this.#waiting.length / melBandCount - contextFrames + silentEncoderFrames * melFramesPerEncoderFrame;
    const chunkCount = Math.ceil(melFrames / this.#chunkMelFrames);
    const padded = new Float32Array((chunkCount * this.#chunkMelFrames + contextFrames) * melBandCount).fill(silence);
    padded.set(this.#waiting);
    this.#waiting = padded;
    return Array.from({ length: chunkCount }, (_, index) => ({
      features: this.take() ?? new Float32Array(0),
      encoderFrames: Math.ceil(
        Math.min(this.#chunkMelFrames, melFrames - index * this.#chunkMelFrames) / melFramesPerEncoderFrame,
      ),
    }));
  }
}
