/**
 * End of turn with the network of training/turn-end.
 *
 * Owns the thread on which features are made; the batcher is lent. See models/cards/turn-end.md for what the network knows.
 */
import type { Batcher } from '../../inference/batcher.js';
import { FeatureThread } from '../../inference/feature-thread.js';
import type { TurnEndOptions, TurnEndStage } from './turn-end.js';
import { turnEndFrameWidth, turnEndWindowSamples } from './turn-end-features.js';

/** Less than this (100 ms) is a click or half a syllable; training left it out as well. */
const leastFrames = 10;

export class OnnxTurnEnd implements TurnEndStage {
  readonly name: string;
  readonly languages = ['en'];
  readonly #batcher: Batcher<Float32Array, number>;
  readonly #features = new FeatureThread<Float32Array, Float32Array<ArrayBuffer>>({
    url: new URL('./turn-end-worker.js', import.meta.url),
    name: 'end-of-turn features',
  });

  constructor(batcher: Batcher<Float32Array, number>) {
    this.name = batcher.modelName;
    this.#batcher = batcher;
  }

  async estimate(samples: Float32Array, options: TurnEndOptions): Promise<number | null> {
    const recent = samples.slice(-turnEndWindowSamples);
    const frames = await this.#features.call(recent, [recent.buffer], options.signal);
    if (frames.length < leastFrames * turnEndFrameWidth) return null;
    return this.#batcher.submit(frames, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#features[Symbol.asyncDispose]();
  }
}
