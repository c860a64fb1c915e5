/**
 * The speaker's end on the audio thread: plays from the jitter buffer and reports, in samples of the device, how far.
 */
import { JitterBuffer } from './jitter-buffer.js';
import type { PlaybackCommand, PlaybackReport } from './playback-messages.js';

/** A report every so many samples: often enough for captions, rare enough to cost nothing. */
const reportSamples = 1_024;

class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer({ sampleRateHz: sampleRate });
  #sinceReport = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => this.#obey(data);
  }

  process(_inputs: unknown, outputs: readonly (readonly Float32Array[])[]): boolean {
    const [left, ...others] = outputs[0] ?? [];
    if (left === undefined) return true;
    this.#buffer.pull(left);
    for (const channel of others) channel.set(left);
    for (const item of this.#buffer.takeFinished()) this.#report({ type: 'finished', item });
    this.#sinceReport += left.length;
    const item = this.#buffer.current;
    if (this.#sinceReport >= reportSamples && item !== null) {
      this.#sinceReport = 0;
      this.#report({ type: 'position', item, gapCount: this.#buffer.gapCount });
    }
    return true;
  }

  #obey(command: PlaybackCommand): void {
    if (command.type === 'push') this.#buffer.push(command.itemId, command.samples);
    else if (command.type === 'end') this.#buffer.end(command.itemId);
    else if (command.type === 'pause') this.#buffer.pause();
    else if (command.type === 'resume') this.#buffer.resume();
    else this.#report({ type: 'cleared', items: this.#buffer.clear() });
  }

  #report(report: PlaybackReport): void {
    this.port.postMessage(report);
  }
}

registerProcessor('attune-playback', PlaybackProcessor);
