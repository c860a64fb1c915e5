/**
 * Opens a recording of any supported format, told by its content, as mono samples at the rate somebody asked for.
 */
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../core/errors.js';
import { modelSampleRateHz } from './audio-frame.js';
import { toMono, type ChannelChoice, type DecodedAudio } from './decoded-audio.js';
import { looksLikeOgg, readOggOpus } from './ogg-opus.js';
import { resampleAll } from './resampler.js';
import { checkSamples } from './sample-check.js';
import { readWav } from './wav-file.js';
import { looksLikeWav } from './wav-layout.js';

export interface AudioFileOptions {
  /** A channel counted from 0, or the mean of all (the default). */
  readonly channel?: ChannelChoice;
  /** Rate of the result, 16 kHz by default; `original` keeps the file's. */
  readonly sampleRateHz?: number | 'original';
}

export interface AudioClip {
  /** [sampleCount], mono, −1…1; belongs to the caller. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

/**
 * Reads and decodes a file. Throws FILE_UNREADABLE, AUDIO_FORMAT_UNSUPPORTED, AUDIO_CORRUPT, AUDIO_SAMPLE_INVALID or
 * AUDIO_RATE_UNSUPPORTED with the path as `field`.
 */
export async function readAudioFile(path: string, options: AudioFileOptions = {}): Promise<AudioClip> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new AttuneError('FILE_UNREADABLE', 'the audio file cannot be read', { field: path, cause });
  });
  return readAudioBytes(bytes, { ...options, field: path });
}

/** Decodes the bytes of a recording; `field` names it. Throws as `readAudioFile`, without FILE_UNREADABLE. */
export async function readAudioBytes(
  bytes: Uint8Array,
  options: AudioFileOptions & { readonly field: string },
): Promise<AudioClip> {
  return toClip(await decodeAudio(bytes, options.field, options.sampleRateHz ?? modelSampleRateHz), options);
}

/**
 * Decodes WAV or Ogg Opus bytes, every channel, at the original rate or, where the codec itself can decode to it, at the
 * wanted one. Throws as `readAudioFile`.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  field = 'audio',
  wantedRateHz: number | 'original' = 'original',
): Promise<DecodedAudio> {
  if (bytes.length === 0) throw new AttuneError('AUDIO_CORRUPT', 'the audio file is empty', { field });
  if (looksLikeWav(bytes)) return readWav(bytes, field);
  if (looksLikeOgg(bytes)) return readOggOpus(bytes, { field, wantedRateHz });
  throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', `${formatName(bytes)} is not a format Attune reads`, { field });
}

function toClip(audio: DecodedAudio, options: AudioFileOptions & { readonly field: string }): AudioClip {
  const mono = toMono(audio, options.channel);
  checkSamples(mono, options.field);
  const wanted = options.sampleRateHz ?? modelSampleRateHz;
  if (wanted === 'original' || wanted === audio.sampleRateHz)
    return { samples: mono, sampleRateHz: audio.sampleRateHz };
  const samples = resampleAll(mono, { sourceRateHz: audio.sampleRateHz, targetRateHz: wanted });
  return { samples, sampleRateHz: wanted };
}

/** What the first bytes look like, for the error message. */
function formatName(bytes: Uint8Array): string {
  const lead = String.fromCharCode(...bytes.subarray(0, 12));
  if (lead.startsWith('fLaC')) return 'FLAC';
  if (lead.startsWith('ID3') || (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0)) return 'MP3';
  if (lead.slice(4, 8) === 'ftyp') return 'MP4 or M4A';
  if (lead.startsWith('RF64') || lead.startsWith('RIFX')) return lead.slice(0, 4);
  if (lead.startsWith('\x1aE\xdf\xa3')) return 'WebM';
  return 'this file';
}
