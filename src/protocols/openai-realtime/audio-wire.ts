/**
 * Sound between the wire's three formats and the floats inside, one object per direction of one connection.
 */
import type { AudioFrame } from '../../audio/audio-frame.js';
import { decodeAlaw, decodeMulaw, encodeAlaw, encodeMulaw } from '../../audio/g711.js';
import { encodePcm16, Pcm16Decoder } from '../../audio/pcm16.js';
import { Resampler } from '../../audio/resampler.js';
import type { WireFormat } from './session-object.js';

export function sampleRateOf(format: WireFormat): number {
  return format.type === 'audio/pcm' ? 24_000 : 8_000;
}

/** Bytes of the caller to frames on one timeline; a change of format goes on at the same moment. */
export class InputAudio {
  #format: WireFormat;
  #pcm = new Pcm16Decoder();
  #heardMs = 0;
  #formatStartMs = 0;
  #samplesOfFormat = 0;

  constructor(format: WireFormat) {
    this.#format = format;
  }

  set format(format: WireFormat) {
    if (format.type === this.#format.type) return;
    this.#format = format;
    this.#pcm = new Pcm16Decoder();
    this.#formatStartMs = this.#heardMs;
    this.#samplesOfFormat = 0;
  }

  /** The spare byte of an odd count of PCM bytes waits for the next call. */
  decode(bytes: Uint8Array): AudioFrame {
    const sampleRateHz = sampleRateOf(this.#format);
    const samples = this.#samples(bytes);
    const startSample = Math.round((this.#formatStartMs * sampleRateHz) / 1000) + this.#samplesOfFormat;
    this.#samplesOfFormat += samples.length;
    this.#heardMs = this.#formatStartMs + (this.#samplesOfFormat * 1000) / sampleRateHz;
    return { samples, sampleRateHz, startSample };
  }

  #samples(bytes: Uint8Array): Float32Array {
    if (this.#format.type === 'audio/pcm') return this.#pcm.decode(bytes);
    return this.#format.type === 'audio/pcmu' ? decodeMulaw(bytes) : decodeAlaw(bytes);
  }
}

/** Sound of one item to base64 in the wire's format; resampled as one stream. */
export class OutputAudio implements Disposable {
  readonly #format: WireFormat;
  readonly #resampler: Resampler;

  constructor(options: { readonly format: WireFormat; readonly sourceRateHz: number }) {
    this.#format = options.format;
    this.#resampler = new Resampler({ sourceRateHz: options.sourceRateHz, targetRateHz: sampleRateOf(options.format) });
  }

  /** Base64; empty while the resampler looks ahead. */
  encode(samples: Float32Array): string {
    return this.#bytes(this.#resampler.process(samples));
  }

  flush(): string {
    return this.#bytes(this.#resampler.flush());
  }

  [Symbol.dispose](): void {
    this.#resampler[Symbol.dispose]();
  }

  #bytes(samples: Float32Array): string {
    const { type } = this.#format;
    const bytes =
      type === 'audio/pcm' ? encodePcm16(samples) : type === 'audio/pcmu' ? encodeMulaw(samples) : encodeAlaw(samples);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  }
}
