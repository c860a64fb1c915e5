/**
 * The audio of one caller on its way in: frames of any supported rate and size become windows at the models' rate, in order, and
 * what was said lately can be read again.
 *
 * Lost audio that the positions of the frames tell of is heard as silence.
 */
import { modelSampleRateHz, type AudioFrame } from '../audio/audio-frame.js';
import { FrameResampler } from '../audio/frame-resampler.js';
import { GapFiller } from '../audio/gap-filler.js';
import { Rechunker, type AudioWindow } from '../audio/rechunker.js';
import { SampleRing } from '../audio/sample-ring.js';
import { BoundedQueue } from '../core/bounded-queue.js';
import type { Clock } from '../core/clock.js';
import { vadWindowSamples } from '../stages/vad/vad.js';

/** Frames waiting for VAD; above it the sender waits. */
const maxBacklogMs = 30_000;
/** Longer than any pause that an endpoint waits for in the middle of a call. */
const longestGapFillMs = 2_000;

export class CallerAudio {
  readonly #ring: SampleRing;
  readonly #gaps = new GapFiller({ longestFillMs: longestGapFillMs });
  readonly #rechunker = new Rechunker({ windowSamples: vadWindowSamples });
  readonly #frames = new BoundedQueue<AudioFrame>({
    capacity: maxBacklogMs,
    policy: 'wait',
    weigh: (frame) => (frame.samples.length * 1000) / frame.sampleRateHz,
  });
  #resampler: { readonly rateHz: number; readonly frames: FrameResampler } | undefined;
  /** Frames handed in and frames worked through. */
  #acceptedCount = 0;
  #workedCount = 0;

  /** @param keptMs how far back `slice` can reach */
  constructor(keptMs: number) {
    this.#ring = new SampleRing({
      sampleRateHz: modelSampleRateHz,
      capacitySamples: Math.round((keptMs * modelSampleRateHz) / 1000),
    });
  }

  /** True while frames wait to be worked through. */
  get isBehind(): boolean {
    return this.#frames.size > 0;
  }

  /** Resolves when there is room for the frame. */
  async accept(frame: AudioFrame, signal: AbortSignal): Promise<void> {
    for (const part of partsOf(frame)) {
      this.#acceptedCount += 1;
      await this.#frames.push(part, signal);
    }
  }

  /** `windows` ends once what was accepted is worked through. */
  close(): void {
    this.#frames.close();
  }

  /** Whatever comes, for one reader; a frame is worked through when the reader asks for what lies behind it. */
  async *windows(): AsyncGenerator<AudioWindow> {
    try {
      for await (const frame of this.#frames) {
        for (const whole of this.#gaps.fill(frame)) {
          for (const resampled of this.#resample(whole)) {
            this.#ring.append(resampled);
            yield* this.#rechunker.push(resampled);
          }
        }
        this.#workedCount += 1;
      }
    } finally {
      this.#resampler?.frames[Symbol.dispose]();
    }
  }

  /** Resolves when every frame accepted so far was worked through. */
  async caughtUp(clock: Clock, signal: AbortSignal): Promise<void> {
    const target = this.#acceptedCount;
    while (this.#workedCount < target) await clock.sleep(5, signal);
  }

  /** What is kept between two samples of the call's timeline, at `modelSampleRateHz`. */
  slice(range: { readonly startSample: number; readonly endSample: number }): AudioFrame {
    return this.#ring.slice(range);
  }

  #resample(frame: AudioFrame): readonly AudioFrame[] {
    if (this.#resampler?.rateHz !== frame.sampleRateHz) {
      this.#resampler?.frames[Symbol.dispose]();
      this.#resampler = {
        rateHz: frame.sampleRateHz,
        frames: new FrameResampler({ sourceRateHz: frame.sampleRateHz, targetRateHz: modelSampleRateHz }),
      };
    }
    return this.#resampler.frames.process(frame);
  }
}

/** At most a second each: none outgrows the ring, and long ones do not hold up other calls. */
function* partsOf(frame: AudioFrame): Iterable<AudioFrame> {
  const { samples, sampleRateHz, startSample } = frame;
  for (let at = 0; at < samples.length; at += sampleRateHz) {
    yield { samples: samples.subarray(at, at + sampleRateHz), sampleRateHz, startSample: startSample + at };
  }
}
