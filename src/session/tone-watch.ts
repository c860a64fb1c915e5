/**
 * Machines on the caller's side of the line: listens for their tones, tells of them, and asks for what the call is to do then.
 *
 * A fax ends the call; the beep of an answering machine lets the greeting begin anew, once, since nobody was there to hear it the
 * first time. Later in a call a beep may be anything, and is only told of.
 */
import type { AudioFrame } from '../audio/audio-frame.js';
import { GapFiller } from '../audio/gap-filler.js';
import { LineToneDetector, type LineTone } from '../dsp/line-tone-detector.js';
import type { ToneReactions } from './settings.js';

export interface ToneWatchOptions {
  /** Null: nobody listens. */
  readonly reactions: () => ToneReactions | null;
  readonly onTone: (tone: LineTone) => void;
  readonly onFax: () => void;
  readonly onBeep: () => void;
}

/** A pause of a calling fax is 3 s. */
const longestGapFillMs = 4_000;
/** Greetings of answering machines are over by then. */
const latestGreetingMs = 60_000;

export class ToneWatch {
  readonly #options: ToneWatchOptions;
  readonly #gaps = new GapFiller({ longestFillMs: longestGapFillMs });
  #detector: { readonly sampleRateHz: number; readonly tones: LineToneDetector; nextSample: number } | undefined;
  #hasGreeted = false;

  constructor(options: ToneWatchOptions) {
    this.#options = options;
  }

  /** Sound of the caller, in order. What is called, is called before it returns. */
  hear(frame: AudioFrame): void {
    if (this.#options.reactions() === null) return;
    for (const { samples, sampleRateHz, startSample } of this.#gaps.fill(frame)) {
      let detector = this.#detector;
      if (detector?.sampleRateHz !== sampleRateHz || detector.nextSample !== startSample)
        detector = { sampleRateHz, tones: new LineToneDetector({ sampleRateHz }), nextSample: startSample };
      this.#detector = detector;
      detector.nextSample += samples.length;
      for (const tone of detector.tones.hear(samples, startSample)) this.#react(tone);
    }
  }

  #react(tone: LineTone): void {
    const { reactions, onTone, onFax, onBeep } = this.#options;
    onTone(tone);
    if (tone.name !== 'beep') {
      if (reactions()?.fax === 'hang-up') onFax();
      return;
    }
    if (reactions()?.beep !== 'greet' || this.#hasGreeted || tone.startMs > latestGreetingMs) return;
    this.#hasGreeted = true;
    onBeep();
  }
}
