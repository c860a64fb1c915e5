/**
 * Reads Ogg Opus recordings. An Opus stream has no rate of its own: the codec decodes to 48 kHz or, with less work than
 * decoding and resampling, to one of four lower rates (RFC 6716, section 4).
 */
import { OggOpusDecoder } from 'ogg-opus-decoder';
import { AttuneError } from '../core/errors.js';
import type { DecodedAudio } from './decoded-audio.js';

/** True when the bytes begin as an Ogg file does, whatever codec is inside. */
export function looksLikeOgg(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x4f && bytes[1] === 0x67 && bytes[2] === 0x67 && bytes[3] === 0x53;
}

export interface OggOpusOptions {
  /** Names the input in errors. */
  readonly field: string;
  /** Rate of the result where the codec has it; 48 kHz otherwise. */
  readonly wantedRateHz: number | 'original';
}

const codecRatesHz: readonly unknown[] = [8_000, 12_000, 16_000, 24_000, 48_000];

/** Takes a rate that its declarations leave out. */
const RatedDecoder = OggOpusDecoder as new (options: { readonly sampleRate: number }) => OggOpusDecoder;

/** Decodes a whole file. Throws AUDIO_FORMAT_UNSUPPORTED (another codec inside) or AUDIO_CORRUPT, with `field`. */
export async function readOggOpus(bytes: Uint8Array, { field, wantedRateHz }: OggOpusOptions): Promise<DecodedAudio> {
  if (!hasOpusHead(bytes)) {
    throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', 'the Ogg file does not hold Opus audio', { field });
  }
  const sampleRateHz = codecRatesHz.includes(wantedRateHz) ? Number(wantedRateHz) : 48_000;
  const decoder = new RatedDecoder({ sampleRate: sampleRateHz });
  await decoder.ready;
  try {
    const decoded = await decoder.decodeFile(bytes);
    const problem = decoded.errors[0]?.message;
    if (problem !== undefined) throw new AttuneError('AUDIO_CORRUPT', `Opus decoding failed: ${problem}`, { field });
    if (decoded.samplesDecoded === 0) throw new AttuneError('AUDIO_CORRUPT', 'the Opus file holds no audio', { field });
    return { channels: decoded.channelData.map((samples) => samples.slice()), sampleRateHz };
  } catch (error) {
    if (error instanceof AttuneError) throw error;
    throw new AttuneError('AUDIO_CORRUPT', 'the Opus file cannot be decoded', { field, cause: error });
  } finally {
    decoder.free();
  }
}

/** The first Ogg page of an Opus file begins its only packet with `OpusHead` (RFC 7845, section 5.1). */
function hasOpusHead(bytes: Uint8Array): boolean {
  if (!looksLikeOgg(bytes) || bytes.length < 28) return false;
  const packetAt = 27 + bytes[26]!;
  return String.fromCharCode(...bytes.subarray(packetAt, packetAt + 8)) === 'OpusHead';
}
