/**
 * Loudness over time, on the frame grid of the mel features.
 *
 * Owns frame energy in dBFS and the span of an utterance that is loud enough to be speech. It is a
 * ruler, not a voice activity detector: it judges one finished piece of audio against its own peak.
 */
import { frameCountOf, frameSamples, hopSamples } from './mel.js';

/** Lowest value reported, in dBFS; digital silence reads as this. */
export const energyFloorDb = -100;

/**
 * Root-mean-square level of each 25 ms frame every 10 ms, in dB relative to full scale (a constant
 * of 1 is 0 dB), never below `energyFloorDb`. One value per `logMel` frame.
 */
export function frameEnergyDb(samples: Float32Array): Float32Array {
  const frames = frameCountOf(samples.length);
  const energyDb = new Float32Array(frames);
  for (let frame = 0; frame < frames; frame += 1) {
    let sum = 0;
    for (let n = frame * hopSamples; n < frame * hopSamples + frameSamples; n += 1) {
      const sample = samples[n]!;
      sum += sample * sample;
    }
    const levelDb = 10 * Math.log10(sum / frameSamples + 1e-12);
    energyDb[frame] = Math.max(energyFloorDb, levelDb);
  }
  return energyDb;
}

/** Frames `startFrame` up to, not including, `endFrame`. */
export interface FrameSpan {
  readonly startFrame: number;
  readonly endFrame: number;
}

/**
 * From the first to the last frame within `dynamicRangeDb` of the loudest one, widened by
 * `marginFrames` on both sides; empty (0, 0) when even the loudest frame is below `quietestDb`.
 */
export function loudSpan(
  energyDb: Float32Array,
  options: {
    readonly dynamicRangeDb: number;
    readonly quietestDb: number;
    readonly marginFrames: number;
  },
): FrameSpan {
  let peakDb = energyFloorDb;
  for (const levelDb of energyDb) peakDb = Math.max(peakDb, levelDb);
  if (energyDb.length === 0 || peakDb < options.quietestDb) return { startFrame: 0, endFrame: 0 };
  const thresholdDb = Math.max(options.quietestDb, peakDb - options.dynamicRangeDb);
  const first = energyDb.findIndex((levelDb) => levelDb >= thresholdDb);
  const last = energyDb.findLastIndex((levelDb) => levelDb >= thresholdDb);
  return {
    startFrame: Math.max(0, first - options.marginFrames),
    endFrame: Math.min(energyDb.length, last + 1 + options.marginFrames),
  };
}
