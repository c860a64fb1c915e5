/**
 * A finished recording after decoding, before anybody asked for a rate or a channel.
 */
import { AttuneError } from '../core/errors.js';

export interface DecodedAudio {
  /** One array per channel, all of one length, −1…1. At least one channel. */
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** A channel counted from 0, or the mean of all. */
export type ChannelChoice = number | 'mean';

/** One channel's samples or the mean of all; a mono recording's own array. AUDIO_FORMAT_UNSUPPORTED: no such channel. */
export function toMono(audio: DecodedAudio, choice: ChannelChoice = 'mean'): Float32Array {
  const chosen = audio.channels[choice === 'mean' ? 0 : choice];
  if (!chosen) {
    const message = `the recording has ${audio.channels.length} channel(s), not a channel ${choice}`;
    throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', message, { field: 'channel' });
  }
  if (choice !== 'mean' || audio.channels.length === 1) return chosen;
  const mean = new Float32Array(chosen.length);
  for (const channel of audio.channels) {
    for (let index = 0; index < mean.length; index += 1) mean[index]! += channel[index]! / audio.channels.length;
  }
  return mean;
}

/** Splits interleaved samples (left, right, left …) into one array per channel. */
export function deinterleave(interleaved: Float32Array, channelCount: number): readonly Float32Array[] {
  if (channelCount === 1) return [interleaved];
  const sampleCount = Math.floor(interleaved.length / channelCount);
  return Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(sampleCount);
    for (let index = 0; index < sampleCount; index += 1) samples[index] = interleaved[index * channelCount + channel]!;
    return samples;
  });
}

/** Joins channels of one length into left, right, left …; a mono recording's own array. */
export function interleave(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0]!;
  const interleaved = new Float32Array((channels[0]?.length ?? 0) * channels.length);
  channels.forEach((samples, channel) => {
    for (let index = 0; index < samples.length; index += 1)
      interleaved[index * channels.length + channel] = samples[index]!;
  });
  return interleaved;
}
