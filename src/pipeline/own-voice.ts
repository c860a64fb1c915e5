/**
 * What the caller can hear of the assistant, to tell its echo from the caller's own speech.
 *
 * Keeps both directions on the clock: the reply where the client plays it, as far as the call knows, and the caller's audio
 * where it arrives. Arrival jitters, so the audio keeps its own pace and follows the clock only when they part.
 */
import { modelSampleRateHz } from '../audio/audio-frame.js';
import { Resampler } from '../audio/resampler.js';
import type { Clock } from '../core/clock.js';
import { bandCount, bandHopMs, BandLevelStream } from '../dsp/band-levels.js';
import { EchoPath, longestEchoMs } from '../dsp/echo-path.js';

/** The caller's audio is placed anew when it is so far from where it was. */
const strayMs = 60;
/** What a room and the ways of two messages add to a known delay after the last sound. */
const tailMs = 200;
/** The audio's place on the clock follows later arrival at this pace, milliseconds each window; earlier arrival at once. */
const driftMs = 0.2;
/** Audio that gains so much on the clock, older gains forgotten by this share a window, was not just spoken: no echo comes before its sound. */
const hasteMs = 60;
const hasteMemory = 0.9;

export class OwnVoice implements Disposable {
  readonly #clock: Clock;
  readonly #path = new EchoPath();
  readonly #sent = new BandLevelStream();
  readonly #heard = new BandLevelStream();
  #resampler: Resampler | undefined;
  #playedOutAtMs = -Infinity;
  #nextSentSlot = 0;
  /** Frames that wait while the client pauses; undefined while it plays. */
  #paused: Float32Array[] | undefined;
  #offsetMs = Infinity;
  /** What the audio has gained on the clock lately. */
  #hasteMs = 0;
  #nextHeardSlot = 0;
  #heardFrames = 0;
  /** The window before was no echo. */
  #hasDoubt = false;

  constructor(options: { readonly clock: Clock }) {
    this.#clock = options.clock;
  }

  /** Sound leaves; the client plays it after what it has. */
  play(samples: Float32Array, sampleRateHz: number): void {
    const nowMs = this.#clock.nowMs();
    if (this.#playedOutAtMs < nowMs && !this.#paused) {
      this.#playedOutAtMs = nowMs;
      this.#nextSentSlot = Math.floor(nowMs / bandHopMs);
      this.#sent.reset();
    }
    if (!this.#paused) this.#playedOutAtMs += (samples.length * 1_000) / sampleRateHz;
    const levels = this.#sent.accept(this.#atModelRate(samples, sampleRateHz));
    for (const frame of framesOf(levels)) this.#place(frame);
  }

  /** The client plays nothing until `resume` or `stop`. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = [...this.#path.unsend(this.#slotNow)];
    this.#playedOutAtMs = Math.min(this.#playedOutAtMs, this.#clock.nowMs());
  }

  /** The client plays on. */
  resume(): void {
    const waiting = this.#paused;
    if (!waiting) return;
    this.#paused = undefined;
    this.#nextSentSlot = this.#slotNow;
    for (const frame of waiting) this.#place(frame);
    this.#playedOutAtMs = this.#clock.nowMs() + waiting.length * bandHopMs;
  }

  /** The client throws away what it has not played. */
  stop(): void {
    this.#path.unsend(this.#slotNow);
    this.#paused = undefined;
    this.#playedOutAtMs = Math.min(this.#playedOutAtMs, this.#clock.nowMs());
  }

  /** Hears the next window of the caller's audio, 16 kHz, which ends at `endMs` on its timeline. */
  hear(samples: Float32Array, endMs: number): void {
    const frames = framesOf(this.#heard.accept(samples));
    this.#heardFrames = frames.length;
    const arrivalMs = this.#clock.nowMs() - endMs;
    const gainedMs = Number.isFinite(this.#offsetMs) ? Math.max(0, this.#offsetMs - arrivalMs) : 0;
    this.#hasteMs = hasteMemory * this.#hasteMs + gainedMs;
    const isStray = arrivalMs - this.#offsetMs > longestEchoMs;
    this.#offsetMs = isStray ? arrivalMs : Math.min(arrivalMs, this.#offsetMs + driftMs);
    const slot = Math.floor((endMs + this.#offsetMs) / bandHopMs) - frames.length;
    if (Math.abs(slot - this.#nextHeardSlot) * bandHopMs > strayMs) this.#nextHeardSlot = slot;
    for (const frame of frames) this.#path.hear(this.#nextHeardSlot++, frame);
  }

  /** True when the window heard last holds nothing but the echo of the assistant. */
  isEcho(): boolean {
    const { delayMs } = this.#path;
    const echoMs = delayMs === null ? longestEchoMs : Math.min(longestEchoMs, delayMs + tailMs);
    const mayEcho = this.#clock.nowMs() - this.#playedOutAtMs < echoMs;
    return mayEcho && this.#hasteMs < hasteMs && this.#judge(this.#heardFrames);
  }

  [Symbol.dispose](): void {
    this.#resampler?.[Symbol.dispose]();
  }

  /** On a line that is known to echo, one window alone does not speak against it. */
  #judge(frameCount: number): boolean {
    const isEcho = this.#path.judge(frameCount);
    const isFirst = !isEcho && this.#path.delayMs !== null && !this.#hasDoubt;
    this.#hasDoubt = !isEcho;
    return isEcho || isFirst;
  }

  get #slotNow(): number {
    return Math.floor(this.#clock.nowMs() / bandHopMs);
  }

  #place(frame: Float32Array): void {
    if (this.#paused) this.#paused.push(frame);
    else this.#path.send(this.#nextSentSlot++, frame);
  }

  #atModelRate(samples: Float32Array, sampleRateHz: number): Float32Array {
    if (sampleRateHz === modelSampleRateHz) return samples;
    if (this.#resampler?.sourceRateHz !== sampleRateHz) {
      this.#resampler?.[Symbol.dispose]();
      this.#resampler = new Resampler({ sourceRateHz: sampleRateHz, targetRateHz: modelSampleRateHz });
    }
    return this.#resampler.process(samples);
  }
}

function framesOf(levels: Float32Array): readonly Float32Array[] {
  return Array.from({ length: levels.length / bandCount }, (_, frame) =>
    levels.subarray(frame * bandCount, (frame + 1) * bandCount),
  );
}
