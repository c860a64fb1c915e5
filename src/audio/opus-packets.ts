/**
 * Decodes Opus packets one after the other to 16 kHz mono, whatever they were made of.
 */
import { OpusDecoder } from 'opus-decoder';
import { AttuneError } from '../core/errors.js';

/** The codec decodes to this rate itself (RFC 6716, section 4), which costs less than resampling. */
export const opusSampleRateHz = 16_000;

export class OpusPackets implements Disposable {
  readonly #decoder: OpusDecoder<typeof opusSampleRateHz>;

  private constructor(decoder: OpusDecoder<typeof opusSampleRateHz>) {
    this.#decoder = decoder;
  }

  static async open(): Promise<OpusPackets> {
    const decoder = new OpusDecoder({
      sampleRate: opusSampleRateHz,
      channels: 1,
      streamCount: 1,
      coupledStreamCount: 0,
      channelMappingTable: [0],
    });
    await decoder.ready;
    return new OpusPackets(decoder);
  }

  /** Consecutive samples, −1…1. Throws AUDIO_CORRUPT; the next packet may be decoded all the same. */
  decode(packets: readonly Uint8Array[]): Float32Array {
    const { channelData, errors } = this.#decoder.decodeFrames([...packets]);
    const problem = errors[0]?.message;
    if (problem !== undefined) throw new AttuneError('AUDIO_CORRUPT', `an Opus packet cannot be decoded: ${problem}`);
    return channelData[0]?.slice() ?? new Float32Array(0);
  }

  /** Gives its memory back. */
  [Symbol.dispose](): void {
    this.#decoder.free();
  }
}
