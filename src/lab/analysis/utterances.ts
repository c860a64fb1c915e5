/**
 * Puts the caller's stretches of speech together to what they say in one go. Pure.
 */
import type { SpeechSegment } from './speech-activity.js';

/** What the caller meant; `brief` is a short sound over the agent of which nobody knows. */
export type UtteranceKind = 'line' | 'backchannel' | 'cough' | 'brief';

/** Where a line of a script lies on the tape. */
export interface Cue {
  readonly kind: Exclude<UtteranceKind, 'brief'>;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Utterance extends SpeechSegment {
  readonly kind: UtteranceKind;
  readonly segments: readonly SpeechSegment[];
}

/** A caller who goes on so soon after the agent began was not finished; nobody reacts faster. */
const unfinishedMs = 400;
/** After so long a silence of both a caller begins anew. */
const longestPauseMs = 3_000;
/** A shorter sound over the agent may be anything. */
const longestBriefMs = 600;
/** Resampling and framing move an edge by less. */
const cueSlackMs = 60;

/** @param talks the agent's speech, in order */
export function utterancesOf(
  segments: readonly SpeechSegment[],
  talks: readonly SpeechSegment[],
  cues?: readonly Cue[],
): readonly Utterance[] {
  return cues ? byCue(segments, cues) : bySound(segments, talks);
}

function byCue(segments: readonly SpeechSegment[], cues: readonly Cue[]): readonly Utterance[] {
  return cues.flatMap((cue) => {
    const within = segments.filter(
      ({ startMs, endMs }) => startMs >= cue.startMs - cueSlackMs && endMs <= cue.endMs + cueSlackMs,
    );
    return within.length === 0 ? [] : [utteranceOf(within, cue.kind)];
  });
}

function bySound(segments: readonly SpeechSegment[], talks: readonly SpeechSegment[]): readonly Utterance[] {
  const groups: SpeechSegment[][] = [];
  for (const segment of segments) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && goesOn(before, segment, talks)) group.push(segment);
    else groups.push([segment]);
  }
  return groups.map((group) => {
    const utterance = utteranceOf(group, 'line');
    const isShort = utterance.endMs - utterance.startMs <= longestBriefMs;
    return isShort && isOver(utterance, talks) ? { ...utterance, kind: 'brief' } : utterance;
  });
}

function goesOn(before: SpeechSegment, segment: SpeechSegment, talks: readonly SpeechSegment[]): boolean {
  const reply = talks.find(({ startMs }) => startMs > before.startMs && startMs <= segment.startMs);
  const answered = reply !== undefined && reply.endMs > before.endMs;
  return answered ? segment.startMs - reply.startMs <= unfinishedMs : segment.startMs - before.endMs <= longestPauseMs;
}

function isOver(utterance: SpeechSegment, talks: readonly SpeechSegment[]): boolean {
  return talks.some(({ startMs, endMs }) => startMs < utterance.startMs && endMs > utterance.startMs);
}

function utteranceOf(segments: readonly SpeechSegment[], kind: UtteranceKind): Utterance {
  return { kind, startMs: segments[0]!.startMs, endMs: segments.at(-1)!.endMs, segments };
}
