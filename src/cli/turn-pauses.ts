/**
 * The places in a recording of one turn where a caller may be thought to have finished: its pauses, and its real end.
 *
 * A recording is taken for one complete turn. Every silence inside it is a pause that must be listened through, and the
 * end of its last speech is the end of the turn.
 */
import { modelSampleRateHz } from '../audio/audio-frame.js';
import type { Vad } from '../stages/vad/vad.js';
import { findSpeechSegments, type SpeechSegment, type SpeechSegmentOptions } from './speech-segments.js';

/** Shorter silences inside a turn are no decision: every policy waits longer. The public eot-bench draws the same lines. */
export const shortestHoldMs = 200;
/** A silence longer than this parts two turns, whatever the list says. */
export const longestHoldMs = 5_000;

/** Silence that is added behind a recording, so that speech up to its last sample is seen to end. */
const tailMs = 512;
const samplesPerMs = modelSampleRateHz / 1000;

export interface TurnPause {
  /** Where the speech before it began: the beginning of the turn. */
  readonly turnStartMs: number;
  /** End of the last window of speech before it. */
  readonly speechEndMs: number;
  /** Length of the silence; null at the end of the turn. */
  readonly holdMs: number | null;
}

/** As `findSpeechSegments`, also for a recording that ends in the middle of a sound. */
export async function speechInClip(
  vad: Vad,
  samples: Float32Array,
  options: SpeechSegmentOptions,
): Promise<readonly SpeechSegment[]> {
  const padded = new Float32Array(samples.length + tailMs * samplesPerMs);
  padded.set(samples);
  const durationMs = Math.floor(samples.length / samplesPerMs);
  const segments = await findSpeechSegments(vad, padded, options);
  return segments
    .filter(({ startMs }) => startMs < durationMs)
    .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, durationMs) }));
}

/** The pauses of a turn in order, its end last; empty without speech. Silences outside the two limits are left out. */
export function turnPauses(segments: readonly SpeechSegment[]): readonly TurnPause[] {
  const turnStartMs = segments[0]?.startMs ?? 0;
  return segments.flatMap((segment, index) => {
    const next = segments[index + 1];
    const holdMs = next === undefined ? null : next.startMs - segment.endMs;
    const counts = holdMs === null || (holdMs >= shortestHoldMs && holdMs <= longestHoldMs);
    return counts ? [{ turnStartMs, speechEndMs: segment.endMs, holdMs }] : [];
  });
}
