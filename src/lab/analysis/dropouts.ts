/**
 * Holes in speech: digital silence with an edge on both sides, as a lost or late packet leaves it. Pure.
 *
 * A speaker's pause fades; a missing frame does not.
 */
import type { SpeechSegment } from './speech-activity.js';

export interface Dropout {
  readonly atMs: number;
  readonly durationMs: number;
}

/** The shortest packets that anybody sends. */
const shortestMs = 8;
/** Longer silence is a pause of the network or of the speaker, and not told apart. */
const longestMs = 400;
const edgeMs = 3;
/** Level of the edges, −40 dBFS: speech that breaks off, not one that has faded. */
const edgeLevel = 0.01;
/** What a codec makes of silence. */
const silenceLevel = 0.0003;

/** @param segments where the channel's speech is; holes between close segments are found too */
export function findDropouts(
  samples: Float32Array,
  sampleRateHz: number,
  segments: readonly SpeechSegment[],
): readonly Dropout[] {
  const perMs = sampleRateHz / 1000;
  const dropouts: Dropout[] = [];
  const from = Math.floor((segments[0]?.startMs ?? 0) * perMs);
  const to = Math.min(samples.length, Math.ceil((segments.at(-1)?.endMs ?? 0) * perMs));
  let start = -1;
  for (let at = from; at < to; at += 1) {
    if (Math.abs(samples[at]!) <= silenceLevel) {
      if (start < 0) start = at;
      continue;
    }
    if (start >= 0) {
      const durationMs = (at - start) / perMs;
      const isHole = durationMs >= shortestMs && durationMs <= longestMs;
      if (isHole && isLoud(samples, start - edgeMs * perMs, start) && isLoud(samples, at, at + edgeMs * perMs)) {
        dropouts.push({ atMs: start / perMs, durationMs });
      }
    }
    start = -1;
  }
  return dropouts;
}

function isLoud(samples: Float32Array, from: number, to: number): boolean {
  let sum = 0;
  for (const sample of samples.subarray(Math.max(0, Math.round(from)), Math.round(to))) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, to - from)) >= edgeLevel;
}
