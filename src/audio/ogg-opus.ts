/**
 * Reads Ogg Opus recordings. Opus always decodes at 48 kHz; whoever needs another rate resamples.
 */
import { OggOpusDecoder } from 'ogg-opus-decoder';
import { AttuneError } from '../core/errors.js';
import type { DecodedAudio } from './decoded-audio.js';

/** True when the bytes begin as an Ogg file does, whatever codec is inside. */
export function looksLikeOgg(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x4f && bytes[1] === 0x67 && bytes[2] === 0x67 && bytes[3] === 0x53;
}

/** Decodes a whole file. Throws AUDIO_FORMAT_UNSUPPORTED (another codec inside) or AUDIO_CORRUPT, with `field`. */
export async function readOggOpus(bytes: Uint8Array, field = 'audio'): Promise<DecodedAudio> {
  if (!hasOpusHead(bytes)) {
    throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', 'the Ogg file does not hold Opus audio', { field });
  }
  const decoder = new OggOpusDecoder();
  await decoder.ready;
  try {
    const decoded = await decoder.decodeFile(bytes);
    const problem = decoded.errors[0]?.message;
    if (problem !== undefined) throw new AttuneError('AUDIO_CORRUPT', `Opus decoding failed: ${problem}`, { field });
    if (decoded.samplesDecoded === 0) throw new AttuneError('AUDIO_CORRUPT', 'the Opus file holds no audio', { field });
    return { channels: decoded.channelData.map((samples) => samples.slice()), sampleRateHz: decoded.sampleRate };
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
