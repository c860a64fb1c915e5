/**
 * Latency of one turn as the caller has it, from the tape and the instants of the events. Pure.
 */
import type { CallTape } from './call-tape.js';
import type { TurnRecord } from './turn-log.js';

/** Milliseconds after the end of the caller's speech. */
export interface TurnLatency {
  readonly endpointMs: number | undefined;
  readonly transcriptMs: number | undefined;
  readonly emotionMs: number | undefined;
  readonly firstTextMs: number | undefined;
  readonly firstAudioMs: number | undefined;
  /** First sample of the answer that can be heard: the latency that counts. */
  readonly firstAudibleMs: number | undefined;
}

/** Quieter than this is not heard as speech on a telephone. */
export const audibleDb = -45;

/** @param speechEndMs end of the caller's speech on the tape */
export function latencyOf(turn: TurnRecord, speechEndMs: number, tape: CallTape): TurnLatency {
  const since = (atMs: number | undefined): number | undefined => (atMs === undefined ? undefined : atMs - speechEndMs);
  const audibleFromMs = turn.firstAudioAtMs;
  return {
    endpointMs: since(turn.speechStoppedAtMs),
    transcriptMs: since(turn.transcriptAtMs),
    emotionMs: since(turn.emotionAtMs),
    firstTextMs: since(turn.firstTextAtMs),
    firstAudioMs: since(turn.firstAudioAtMs),
    firstAudibleMs: audibleFromMs === undefined ? undefined : since(tape.firstAudibleMs(audibleFromMs, audibleDb)),
  };
}
