/**
 * Where the samples of a WAV file are and what they are, without decoding them.
 *
 * The chunks are walked, so that a header that contradicts the data is noticed. A data size of 0 or 2³²−1 is what programs
 * leave that write to a pipe: the data then reaches to the end. It needs nothing of Node's, so that browsers can use it.
 */
import { AttuneError, type AttuneErrorOptions } from '../core/errors.js';

const formatExtensible = 0xfffe;
const unknownSize = 0xffff_ffff;

export interface WavLayout {
  /** As the format chunk numbers it: 1 PCM, 3 float, 6 A-law, 7 µ-law. */
  readonly format: number;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  readonly data: Uint8Array;
}

/** True when the bytes begin as a WAV file does. */
export function looksLikeWav(bytes: Uint8Array): boolean {
  return tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE';
}

/** Throws AUDIO_FORMAT_UNSUPPORTED or AUDIO_CORRUPT. */
export function readWavLayout(bytes: Uint8Array, options: AttuneErrorOptions): WavLayout {
  if (!looksLikeWav(bytes)) throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', 'not a RIFF/WAVE file', options);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Omit<WavLayout, 'data'> | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const tag = tagAt(bytes, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (tag === 'fmt ') header = readFormat(view, { start, size }, options);
    if (tag === 'data') {
      if (!header) throw new AttuneError('AUDIO_CORRUPT', 'the data comes before its format', options);
      return { ...header, data: dataOf(bytes, { start, size, header }, options) };
    }
    at = start + size + (size % 2);
  }
  throw new AttuneError('AUDIO_CORRUPT', 'the file ends before its audio data', options);
}

function readFormat(
  view: DataView,
  { start, size }: { readonly start: number; readonly size: number },
  options: AttuneErrorOptions,
): Omit<WavLayout, 'data'> {
  if (size < 16 || start + 16 > view.byteLength)
    throw new AttuneError('AUDIO_CORRUPT', 'the format chunk is cut short', options);
  const tag = view.getUint16(start, true);
  const isExtensible = tag === formatExtensible && size >= 26 && start + 26 <= view.byteLength;
  const header = {
    format: isExtensible ? view.getUint16(start + 24, true) : tag,
    channelCount: view.getUint16(start + 2, true),
    sampleRateHz: view.getUint32(start + 4, true),
    bitsPerSample: view.getUint16(start + 14, true),
  };
  if (header.channelCount === 0 || header.sampleRateHz === 0) {
    throw new AttuneError('AUDIO_CORRUPT', 'the format names no channel or no sample rate', options);
  }
  return header;
}

function dataOf(
  bytes: Uint8Array,
  chunk: { readonly start: number; readonly size: number; readonly header: Omit<WavLayout, 'data'> },
  options: AttuneErrorOptions,
): Uint8Array {
  const frameBytes = chunk.header.channelCount * Math.ceil(chunk.header.bitsPerSample / 8);
  if (frameBytes === 0) throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', 'compressed WAV is not supported', options);
  const availableBytes = bytes.length - chunk.start;
  if (chunk.size === 0 || chunk.size === unknownSize) {
    return bytes.subarray(chunk.start, chunk.start + availableBytes - (availableBytes % frameBytes));
  }
  if (chunk.size > availableBytes) {
    const message = `the header promises ${chunk.size} bytes of audio, the file has ${availableBytes}`;
    throw new AttuneError('AUDIO_CORRUPT', message, options);
  }
  if (chunk.size % frameBytes !== 0) throw new AttuneError('AUDIO_CORRUPT', 'the audio ends within a sample', options);
  return bytes.subarray(chunk.start, chunk.start + chunk.size);
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
