/**
 * End of turn with the network of training/turn-end.
 *
 * Owns the thread on which features are made; the batcher is lent. See models/cards/turn-end.md for what the network knows.
 */
import type { Batcher } from '../../inference/batcher.js';
import { FeatureThread } from '../../inference/feature-thread.js';
import type { TurnEndOptions, TurnEndStage } from './turn-end.js';
import { turnEndWindowSamples } from './turn-end-features.js';

/**
 * The first 400 ms of an utterance, 300 of them before its speech, are not shown: in the readings it learnt from only pauses come so soon,
 * and one word of a caller is a whole turn. training/turn-end/examples.py has it so, too.
 */
const onsetSamples = 6_400;
/** Half a second: the least it learnt from. */
const leastSamples = 8_240;

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
    const recent = samples.slice(Math.max(onsetSamples, samples.length - turnEndWindowSamples));
    if (recent.length < leastSamples) return null;
    const frames = await this.#features.call(recent, [recent.buffer], options.signal);
    return this.#batcher.submit(frames, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#features[Symbol.asyncDispose]();
  }
}
