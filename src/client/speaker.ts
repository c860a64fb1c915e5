/**
 * Plays replies and knows what of them was heard: samples that left the buffer, less what is still on its way to the ear.
 */
import type { PlaybackCommand, PlaybackReport } from './playback-messages.js';
import type { PlayedItem } from './jitter-buffer.js';
import { StreamResampler } from './stream-resampler.js';
import type { Sound } from './wire-audio.js';

export interface Heard {
  readonly itemId: string;
  /** What the listener has heard of the item. */
  readonly playedMs: number;
  /** What has come of it. */
  readonly receivedMs: number;
}

export interface SpeakerOptions {
  readonly context: AudioContext;
  /** Address of the playing worklet's module. */
  readonly workletUrl: string | URL;
  /** `finished` is true once, when an item was played to its end. */
  readonly onHeard: (heard: Heard, finished: boolean) => void;
}

export class Speaker {
  /** What is played, for pictures of it. */
  readonly analyser: AnalyserNode;
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  #resampler: { readonly itemId: string; readonly stream: StreamResampler } | null = null;
  readonly #clears: ((items: readonly PlayedItem[]) => void)[] = [];
  #gapCount = 0;

  private constructor({ context, onHeard }: SpeakerOptions) {
    this.#context = context;
    this.#node = new AudioWorkletNode(context, 'attune-playback', { numberOfInputs: 0, outputChannelCount: [1] });
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 2_048;
    this.#node.connect(this.analyser).connect(context.destination);
    this.#node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => {
      if (data.type === 'cleared') this.#clears.shift()?.(data.items);
      else onHeard(this.#heard(data.item, data.type === 'finished'), data.type === 'finished');
      if (data.type === 'position') this.#gapCount = data.gapCount;
    };
  }

  static async open(options: SpeakerOptions): Promise<Speaker> {
    await options.context.audioWorklet.addModule(options.workletUrl);
    return new Speaker(options);
  }

  /** Times that the sound ran dry within an item. */
  get gapCount(): number {
    return this.#gapCount;
  }

  /** Consecutive samples of an item, all at one rate. */
  play(itemId: string, { samples, sampleRateHz }: Sound): void {
    if (this.#resampler?.itemId !== itemId) {
      const rates = { sourceRateHz: sampleRateHz, targetRateHz: this.#context.sampleRate };
      this.#resampler = { itemId, stream: new StreamResampler(rates) };
    }
    const device = this.#resampler.stream.process(samples);
    this.#tell({ type: 'push', itemId, samples: device }, [device.buffer]);
  }

  /** All sound of the item has come. */
  end(itemId: string): void {
    this.#tell({ type: 'end', itemId });
  }

  /** Falls silent; what was not played waits for `resume` or `clear`. */
  pause(): void {
    this.#tell({ type: 'pause' });
  }

  /** Plays on from where it paused. */
  resume(): void {
    this.#tell({ type: 'resume' });
  }

  /** Falls silent and says how far each item got that was broken off, the one that was playing first. */
  async clear(): Promise<readonly Heard[]> {
    const items = await new Promise<readonly PlayedItem[]>((resolve) => {
      this.#clears.push(resolve);
      this.#tell({ type: 'clear' });
    });
    return items.map((item) => this.#heard(item, false));
  }

  close(): void {
    this.#node.port.onmessage = null;
    this.#node.disconnect();
    for (const resolve of this.#clears.splice(0)) resolve([]);
  }

  #heard({ itemId, playedSamples, receivedSamples }: PlayedItem, finished: boolean): Heard {
    const { sampleRate: rateHz, outputLatency, baseLatency } = this.#context;
    // A finished item is taken as heard: what is still on its way will be.
    const onItsWayMs = finished ? 0 : 1000 * (outputLatency || baseLatency || 0);
    return {
      itemId,
      playedMs: Math.max(0, (playedSamples * 1000) / rateHz - onItsWayMs),
      receivedMs: (receivedSamples * 1000) / rateHz,
    };
  }

  #tell(command: PlaybackCommand, transfer: Transferable[] = []): void {
    this.#node.port.postMessage(command, transfer);
  }
}
