/**
 * A tape small enough to be drawn: how loud each side was, every few hundredths of a second. Pure.
 */
import type { CallRecording } from '../analysis/call-analysis.js';

export interface TapePicture {
  readonly binMs: number;
  /** Peak of each bin, 0…1. */
  readonly caller: readonly number[];
  readonly agent: readonly number[];
}

const binMs = 40;

export function pictureOf({ caller, agent, sampleRateHz }: CallRecording): TapePicture {
  return { binMs, caller: peaksOf(caller, sampleRateHz), agent: peaksOf(agent, sampleRateHz) };
}

function peaksOf(samples: Float32Array, sampleRateHz: number): readonly number[] {
  const binSamples = (binMs * sampleRateHz) / 1000;
  return Array.from({ length: Math.ceil(samples.length / binSamples) }, (_, bin) => {
    let peak = 0;
    for (const sample of samples.subarray(Math.round(bin * binSamples), Math.round((bin + 1) * binSamples))) {
      peak = Math.max(peak, Math.abs(sample));
    }
    return Math.round(peak * 1000) / 1000;
  });
}
