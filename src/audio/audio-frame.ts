/**
 * Audio as every layer inside Attune sees it: mono float samples at a stated rate with a place on a timeline.
 *
 * Integers become floats at the protocol edge, through `pcm16.ts` or `g711.ts`, and nowhere else.
 */

export interface AudioFrame {
  /** [sampleCount], mono, −1…1. Shared, never mutated. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  /** Position of the first sample on the stream's timeline at `sampleRateHz`. A jump means that audio was lost. */
  readonly startSample: number;
}

/** The rate at which every model listens. */
export const modelSampleRateHz = 16_000;

/** Duration of a frame in milliseconds. */
export function durationMs(frame: Pick<AudioFrame, 'samples' | 'sampleRateHz'>): number {
  return (frame.samples.length * 1000) / frame.sampleRateHz;
}
