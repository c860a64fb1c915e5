/**
 * What happened in a call, from its recording alone: caller on one channel, agent on the other. Pure.
 *
 * Nothing here knows a clock, a log or a protocol. Who ran the call may add `cues`, where each line of the script lies;
 * then a cough is known to be one. Without them a short sound over the agent is called brief, for sound alone does not tell
 * "stop" from "mm-hmm".
 */
import { findDropouts, type Dropout } from './dropouts.js';
import { findSpeech, type SpeechActivity, type SpeechSegment } from './speech-activity.js';
import { utterancesOf, type Cue, type Utterance, type UtteranceKind } from './utterances.js';

export interface AnalysedTurn extends SpeechSegment {
  /** Instant of the first audible reply; null when there was none before the caller spoke again. */
  readonly replyAtMs: number | null;
  /** `replyAtMs` after the end of the caller's speech. */
  readonly latencyMs: number | null;
  /** True when the caller began over the agent. */
  readonly bargedIn: boolean;
}

export interface BargeIn {
  readonly atMs: number;
  /** From the caller's onset to the agent's silence; null when the agent spoke on past the caller's end. */
  readonly stopMs: number | null;
}

/** What the agent did about a sound that was not meant to stop it. */
export type BriefOutcome = 'ignored' | 'resumed' | 'stopped';

export interface Brief {
  readonly kind: 'backchannel' | 'cough' | 'brief';
  readonly atMs: number;
  readonly outcome: BriefOutcome;
  /** Silence of the agent before it went on; null unless it resumed. */
  readonly pauseMs: number | null;
}

export interface CutOff {
  /** Onset of the agent. */
  readonly atMs: number;
  /** The caller was speaking, or had paused and went on. */
  readonly during: 'speech' | 'pause';
}

export interface CallAnalysis {
  readonly durationMs: number;
  readonly caller: SpeechActivity;
  readonly agent: SpeechActivity;
  readonly turns: readonly AnalysedTurn[];
  readonly bargeIns: readonly BargeIn[];
  readonly briefs: readonly Brief[];
  /** False cut-offs: the agent began although the caller was not finished. */
  readonly cutOffs: readonly CutOff[];
  /** At every change of speaker: silence between them when positive, overlap when negative. */
  readonly transfersMs: readonly number[];
  /** Time during which both spoke. */
  readonly talkOverMs: number;
  /** Pieces missing out of the agent's speech. */
  readonly dropouts: readonly Dropout[];
}

export interface CallRecording {
  readonly caller: Float32Array;
  readonly agent: Float32Array;
  readonly sampleRateHz: number;
}

/** A silence of the agent that ends its talk. */
const talkPauseMs = 350;
/** An agent that goes on so soon was between two clauses. */
const clausePauseMs = 1_000;
/** An agent that falls silent this long after a brief sound did so because of it. */
const briefReactionMs = 1_500;
/** One that goes on this long after that has resumed. */
const resumptionMs = 2_500;
/** The agent must have been heard for so long before somebody can speak over it. */
const overlapMs = 60;
const silentMs = 1e9;

export function analyseCall(recording: CallRecording, cues?: readonly Cue[]): CallAnalysis {
  const { sampleRateHz } = recording;
  const caller = findSpeech(recording.caller, sampleRateHz);
  const agent = findSpeech(recording.agent, sampleRateHz);
  const talks = joined(agent.segments, talkPauseMs);
  const utterances = utterancesOf(caller.segments, talks, cues);
  const turns: AnalysedTurn[] = [];
  const bargeIns: BargeIn[] = [];
  const briefs: Brief[] = [];
  const cutOffs: CutOff[] = [];
  for (const [index, utterance] of utterances.entries()) {
    const under = talks.find(
      ({ startMs, endMs }) => startMs + overlapMs <= utterance.startMs && endMs > utterance.startMs,
    );
    if (isAside(utterance.kind)) {
      if (under) briefs.push(briefOf(utterance, under, talks, utterances[index + 1]?.startMs ?? silentMs));
      continue;
    }
    const next = utterances.slice(index + 1).find(({ kind }) => !isAside(kind));
    const replies = talks.filter(({ startMs }) => startMs > utterance.startMs && startMs < (next?.startMs ?? silentMs));
    const interrupted = under ?? pausingAt(utterance, talks);
    const spokenOver = interrupted ? goingOn(interrupted, talks, utterance) : [];
    const cuts = replies.filter((talk) => talk.startMs < utterance.endMs && !spokenOver.includes(talk));
    cutOffs.push(...cuts.map((talk) => cutOffOf(talk, utterance)));
    if (interrupted) {
      const silentAtMs = spokenOver.at(-1)?.endMs ?? interrupted.endMs;
      const yielded = silentAtMs < utterance.endMs;
      bargeIns.push({ atMs: utterance.startMs, stopMs: yielded ? silentAtMs - utterance.startMs : null });
    }
    const reply = replies.find(({ startMs }) => startMs >= utterance.endMs);
    turns.push({
      startMs: utterance.startMs,
      endMs: utterance.endMs,
      replyAtMs: reply?.startMs ?? null,
      latencyMs: reply ? reply.startMs - utterance.endMs : null,
      bargedIn: interrupted !== undefined,
    });
  }
  return {
    durationMs: (recording.caller.length * 1000) / sampleRateHz,
    caller,
    agent,
    turns,
    bargeIns,
    briefs,
    cutOffs,
    transfersMs: transfersOf(caller.segments, agent.segments),
    talkOverMs: sharedMs(caller.segments, agent.segments),
    dropouts: findDropouts(recording.agent, sampleRateHz, agent.segments),
  };
}

function isAside(kind: UtteranceKind): kind is Brief['kind'] {
  return kind === 'backchannel' || kind === 'cough' || kind === 'brief';
}

function briefOf(utterance: Utterance, under: SpeechSegment, talks: readonly SpeechSegment[], nextMs: number): Brief {
  const { startMs: atMs } = utterance;
  const kind = utterance.kind as Brief['kind'];
  if (under.endMs > atMs + briefReactionMs) return { kind, atMs, outcome: 'ignored', pauseMs: null };
  const untilMs = Math.min(nextMs, under.endMs + resumptionMs);
  const after = talks.find(({ startMs }) => startMs > under.endMs && startMs <= untilMs);
  return after
    ? { kind, atMs, outcome: 'resumed', pauseMs: after.startMs - under.endMs }
    : { kind, atMs, outcome: 'stopped', pauseMs: null };
}

/** The talk in whose pause between two clauses the caller began: the agent goes on before it can have heard that. */
function pausingAt(utterance: Utterance, talks: readonly SpeechSegment[]): SpeechSegment | undefined {
  const next = talks.findIndex(({ startMs }) => startMs > utterance.startMs);
  const [before, after] = [talks[next - 1], talks[next]];
  const goesOn = before && after && after.startMs - before.endMs <= clausePauseMs && after.startMs < utterance.endMs;
  return goesOn ? before : undefined;
}

/** The talk that is spoken over and what the agent still says of the same reply before the caller has finished. */
function goingOn(
  under: SpeechSegment,
  talks: readonly SpeechSegment[],
  utterance: SpeechSegment,
): readonly SpeechSegment[] {
  const same = [under];
  for (const talk of talks.slice(talks.indexOf(under) + 1)) {
    if (talk.startMs >= utterance.endMs || talk.startMs - same.at(-1)!.endMs > clausePauseMs) break;
    same.push(talk);
  }
  return same;
}

function cutOffOf({ startMs }: SpeechSegment, { segments }: Utterance): CutOff {
  const speaking = segments.some((segment) => segment.startMs <= startMs && startMs < segment.endMs);
  return { atMs: startMs, during: speaking ? 'speech' : 'pause' };
}

/** Segments whose pauses are no longer than `pauseMs` made one. */
export function joined(segments: readonly SpeechSegment[], pauseMs: number): readonly SpeechSegment[] {
  const whole: SpeechSegment[] = [];
  for (const segment of segments) {
    const last = whole.at(-1);
    if (last && segment.startMs - last.endMs <= pauseMs) whole[whole.length - 1] = { ...last, endMs: segment.endMs };
    else whole.push(segment);
  }
  return whole;
}

function transfersOf(caller: readonly SpeechSegment[], agent: readonly SpeechSegment[]): readonly number[] {
  const all = [
    ...joined(caller, talkPauseMs).map((segment) => ({ ...segment, side: 'caller' })),
    ...joined(agent, talkPauseMs).map((segment) => ({ ...segment, side: 'agent' })),
  ].sort((a, b) => a.startMs - b.startMs);
  return all.slice(1).flatMap((segment, index) => {
    const before = all[index]!;
    return before.side === segment.side ? [] : [segment.startMs - before.endMs];
  });
}

function sharedMs(one: readonly SpeechSegment[], other: readonly SpeechSegment[]): number {
  let sharedMs = 0;
  for (const a of one)
    for (const b of other) sharedMs += Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
  return sharedMs;
}
