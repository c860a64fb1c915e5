/**
 * Cuts frames of any size into windows of one size, as models want them, each with its place on the timeline.
 *
 * Windows follow one another without overlap. A gap in the input discards the window begun before it, and the first
 * window after it says so, so that whoever carries state from window to window starts anew.
 */
import type { AudioFrame } from './audio-frame.js';

export interface AudioWindow {
  /** [windowSamples], mono, −1…1; belongs to the caller. */
  readonly samples: Float32Array;
  /** Position of the first sample on the input timeline. */
  readonly startSample: number;
  /** True when audio is missing between the previous window and this one: forget carried state. */
  readonly afterGap: boolean;
}

export class Rechunker {
  readonly windowSamples: number;
  #window: Float32Array;
  #filledCount = 0;
  #nextSample: number | undefined;
  #afterGap = false;

  constructor(options: { readonly windowSamples: number }) {
    this.windowSamples = options.windowSamples;
    this.#window = new Float32Array(options.windowSamples);
  }

  /** The windows that `frame` completes, oldest first. All frames of a stream have one rate. */
  push(frame: Pick<AudioFrame, 'samples' | 'startSample'>): readonly AudioWindow[] {
    if (this.#nextSample !== undefined && frame.startSample !== this.#nextSample) {
      this.#filledCount = 0;
      this.#afterGap = true;
    }
    const windows: AudioWindow[] = [];
    let at = 0;
    while (at < frame.samples.length) {
      const part = frame.samples.subarray(at, at + this.windowSamples - this.#filledCount);
      this.#window.set(part, this.#filledCount);
      this.#filledCount += part.length;
      at += part.length;
      if (this.#filledCount === this.windowSamples) windows.push(this.#take(frame.startSample + at));
    }
    this.#nextSample = frame.startSample + frame.samples.length;
    return windows;
  }

  /** The begun window, filled up with zeros, or undefined when nothing waits. Ends the stream: a new one may follow. */
  flush(): AudioWindow | undefined {
    const waits = this.#filledCount > 0 && this.#nextSample !== undefined;
    this.#window.fill(0, this.#filledCount);
    const last = waits ? this.#take(this.#nextSample! - this.#filledCount + this.windowSamples) : undefined;
    this.#nextSample = undefined;
    return last;
  }

  #take(endSample: number): AudioWindow {
    const window = { samples: this.#window, startSample: endSample - this.windowSamples, afterGap: this.#afterGap };
    this.#window = new Float32Array(this.windowSamples);
    this.#filledCount = 0;
    this.#afterGap = false;
    return window;
  }
}
