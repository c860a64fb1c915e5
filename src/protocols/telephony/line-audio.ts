/**
 * Sound between a telephone line and the floats inside, one object per direction of one call.
 */
import type { AudioFrame } from '../../audio/audio-frame.js';
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from '../../audio/g711.js';
import { encodePcm16, Pcm16Decoder } from '../../audio/pcm16.js';
import { Resampler } from '../../audio/resampler.js';
import { sampleBytes, silenceByte, type LineFormat } from './line-format.js';
import { MediaTimeline } from './media-timeline.js';

/** Bytes of the caller to frames on one timeline. */
export class LineInput {
  readonly #format: LineFormat;
  readonly #timeline: MediaTimeline;
  readonly #pcm = new Pcm16Decoder();

  constructor(format: LineFormat) {
    this.#format = format;
    this.#timeline = new MediaTimeline(format.sampleRateHz);
  }

  /** @param timestampMs where the platform places the sound; null when it says nothing: then it follows on. */
  decode(bytes: Uint8Array, timestampMs: number | null = null): AudioFrame {
    const samples = this.#samples(bytes);
    const startSample = this.#timeline.place(timestampMs, samples.length);
    return { samples, sampleRateHz: this.#format.sampleRateHz, startSample };
  }

  /** Sound of `durationMs` was lost before what comes next. */
  skip(durationMs: number): void {
    this.#timeline.skip(durationMs);
    this.#pcm.reset();
  }

  #samples(bytes: Uint8Array): Float32Array {
    const { encoding } = this.#format;
    if (encoding === 'l16') return this.#pcm.decode(bytes);
    return encoding === 'mulaw' ? decodeMulaw(bytes) : decodeAlaw(bytes);
  }
}

/** The assistant's sound in whole frames of the line. What does not fill one waits for more. */
export class LineOutput implements Disposable {
  readonly #format: LineFormat;
  readonly #frameBytes: number;
  #resampler: Resampler | undefined;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(format: LineFormat, options: { readonly frameMs: number }) {
    this.#format = format;
    this.#frameBytes = this.bytesOf(options.frameMs);
  }

  /** Each frame has exactly this many bytes. */
  get frameBytes(): number {
    return this.#frameBytes;
  }

  /** The whole frames that the sound completes, in one piece; empty when there is none yet. */
  push(samples: Float32Array, sampleRateHz: number): Uint8Array {
    if (this.#resampler?.sourceRateHz !== sampleRateHz) {
      this.#resampler?.[Symbol.dispose]();
      this.#resampler = new Resampler({ sourceRateHz: sampleRateHz, targetRateHz: this.#format.sampleRateHz });
    }
    return this.#take(this.#resampler.process(samples));
  }

  /** What waits, filled up with silence to a whole frame; empty when nothing does. */
  flush(): Uint8Array {
    const whole = this.#take(this.#resampler?.flush() ?? new Float32Array(0));
    if (this.#rest.length === 0) return whole;
    const filled = new Uint8Array(whole.length + this.#frameBytes).fill(silenceByte(this.#format));
    filled.set(whole);
    filled.set(this.#rest, whole.length);
    this.#rest = new Uint8Array(0);
    return filled;
  }

  /** Takes out what of the line's bytes waits; what the filter still looks ahead for stays in it. */
  takeRest(): Uint8Array {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  /** Bytes that were given out before come again: the whole frames that they complete. */
  repeat(bytes: Uint8Array): Uint8Array {
    return this.#framed(bytes);
  }

  /** Bytes of so much sound, of whole samples. */
  bytesOf(durationMs: number): number {
    return Math.round((durationMs * this.#format.sampleRateHz) / 1000) * sampleBytes(this.#format);
  }

  durationMs(bytes: Uint8Array): number {
    return (bytes.length * 1000) / (this.#format.sampleRateHz * sampleBytes(this.#format));
  }

  /** Forgets what waits. */
  drop(): void {
    this.#resampler?.reset();
    this.#rest = new Uint8Array(0);
  }

  /** Frees the filter's memory. */
  [Symbol.dispose](): void {
    this.#resampler?.[Symbol.dispose]();
    this.#resampler = undefined;
  }

  #take(samples: Float32Array): Uint8Array {
    const { encoding } = this.#format;
    const bytes =
      encoding === 'l16' ? encodePcm16(samples) : encoding === 'mulaw' ? encodeMulaw(samples) : encodeAlaw(samples);
    return this.#framed(bytes);
  }

  #framed(bytes: Uint8Array): Uint8Array {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const wholeBytes = all.length - (all.length % this.#frameBytes);
    this.#rest = all.slice(wholeBytes);
    return all.subarray(0, wholeBytes);
  }
}

/** One piece a frame. */
export function framesOf(bytes: Uint8Array, frameBytes: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / frameBytes) }, (_, index) =>
    bytes.subarray(index * frameBytes, (index + 1) * frameBytes),
  );
}
