/**
 * Cuts a long recording into utterances that a recogniser takes, in pauses where there are any. Pure.
 *
 * The utterances cover the recording without gap or overlap, so nothing is lost, and none is longer than the limit.
 */
import type { SpeechSegment } from './speech-segments.js';

/** Milliseconds from the recording's first sample. */
export interface UtteranceSpan {
  readonly startMs: number;
  readonly endMs: number;
}

export interface CutOptions {
  readonly durationMs: number;
  /** Speech in the recording, in order. */
  readonly segments: readonly SpeechSegment[];
  readonly maxUtteranceMs: number;
}

/** Each cut lies in the middle of the longest pause of the second half of what the limit allows, else at the limit. */
export function cutAtPauses({ durationMs, segments, maxUtteranceMs }: CutOptions): readonly UtteranceSpan[] {
  const pauses = segments
    .slice(1)
    .map((segment, index) => ({ startMs: segments[index]!.endMs, endMs: segment.startMs }));
  const spans: UtteranceSpan[] = [];
  let startMs = 0;
  while (durationMs - startMs > maxUtteranceMs) {
    const limitMs = startMs + maxUtteranceMs;
    const endMs = middleOfLongest(pauses, { fromMs: startMs + maxUtteranceMs / 2, toMs: limitMs }) ?? limitMs;
    spans.push({ startMs, endMs });
    startMs = endMs;
  }
  return [...spans, { startMs, endMs: durationMs }];
}

function middleOfLongest(
  pauses: readonly SpeechSegment[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number | undefined {
  const inReach = pauses
    .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, fromMs), endMs: Math.min(endMs, toMs) }))
    .filter(({ startMs, endMs }) => endMs > startMs);
  const longest = inReach.reduce<SpeechSegment | undefined>(
    (best, pause) => (best === undefined || pause.endMs - pause.startMs > best.endMs - best.startMs ? pause : best),
    undefined,
  );
  return longest && Math.round((longest.startMs + longest.endMs) / 2);
}
