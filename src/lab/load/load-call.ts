/**
 * A caller of a load: says a line at its instant, whether or not the one before was answered.
 *
 * So a slow server is not spared the turns that waiting callers would have left out; what it does not answer in time is
 * counted as unanswered.
 */
import type { AudioClip } from '../../audio/audio-file.js';
import type { Clock } from '../../core/clock.js';
import type { Cue } from '../analysis/utterances.js';
import { MeasuredCall, type CallPlace } from '../measured-call.js';
import { audibleDb } from '../turn-latency.js';

export interface LoadCallOptions {
  readonly place: CallPlace;
  readonly name: string;
  readonly seed: number;
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly lines: readonly AudioClip[];
  readonly turnEveryMs: number;
  readonly onTurn: (latencyMs: number | null) => void;
}

export interface LoadCallResult {
  readonly call: MeasuredCall;
  readonly cues: readonly Cue[];
}

/** Let the session settle, and a greeting begin. */
const leadMs = 600;

/** Throws CONNECTION_FAILED when the call cannot be placed. */
export async function holdLoadCall(options: LoadCallOptions): Promise<LoadCallResult> {
  const { place, name, seed, clock, startedAtMs, lines, turnEveryMs, onTurn } = options;
  const cues: Cue[] = [];
  const call = await MeasuredCall.place({ ...place, name, seed, clock, startedAtMs });
  const { caller } = call;
  await call.hold(async () => {
    for (const [turn, line] of lines.entries()) {
      const dueMs = leadMs + turn * turnEveryMs;
      await caller.until(() => caller.nowMs >= dueMs, turnEveryMs * 2, 'the instant of the turn');
      const said = await caller.say(line.samples, line.sampleRateHz);
      cues.push({ kind: 'line', ...said });
      const nextMs = leadMs + (turn + 1) * turnEveryMs;
      const audibleAtMs = (): number | undefined => caller.tape.firstAudibleMs(said.endMs, audibleDb);
      await caller.until(() => audibleAtMs() !== undefined || caller.nowMs >= nextMs, turnEveryMs * 2, 'the next turn');
      const atMs = audibleAtMs();
      onTurn(atMs === undefined ? null : atMs - said.endMs);
    }
    const endMs = leadMs + lines.length * turnEveryMs;
    await caller.until(() => caller.nowMs >= endMs, turnEveryMs * 2, 'the end of the call');
  });
  return { call, cues };
}
