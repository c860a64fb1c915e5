/**
 * Where there is speech in a recording: the voice activity model under the turn machine's own hysteresis.
 *
 * A segment runs from the first window of speech to the last, without padding. What is shorter than the policy's least
 * speech is left out; a pause shorter than `minPauseMs` does not part a segment.
 */
import { modelSampleRateHz } from '../audio/audio-frame.js';
import { Rechunker } from '../audio/rechunker.js';
import { idleTurn, stepTurn, type TurnState } from '../pipeline/turn-machine.js';
import { defaultTurnPolicy, type TurnPolicy } from '../pipeline/turn-policy.js';
import { vadWindowSamples, type Vad } from '../stages/vad/vad.js';

/** Milliseconds from the recording's first sample. */
export interface SpeechSegment {
  readonly startMs: number;
  readonly endMs: number;
}

export interface SpeechSegmentOptions {
  readonly signal: AbortSignal;
  /** For fair batching. */
  readonly callId: string;
  readonly minPauseMs?: number;
}

/** The shortest pause after which a conversation may take the turn for over. */
export const defaultMinPauseMs = 192;

const windowMs = (vadWindowSamples * 1000) / modelSampleRateHz;

/** @param samples 16 kHz mono. Throws what the model throws. */
export async function findSpeechSegments(
  vad: Vad,
  samples: Float32Array,
  { signal, callId, minPauseMs = defaultMinPauseMs }: SpeechSegmentOptions,
): Promise<readonly SpeechSegment[]> {
  const stream = vad.openStream({ signal, callId });
  const windows = new Rechunker({ windowSamples: vadWindowSamples });
  const whole = windows.push({ samples, startSample: 0 });
  const last = windows.flush();
  const speechProbabilities: number[] = [];
  for (const window of last === undefined ? whole : [...whole, last]) {
    speechProbabilities.push(await stream.accept(window.samples));
  }
  const durationMs = Math.ceil((samples.length * 1000) / modelSampleRateHz);
  return segmentsOf(speechProbabilities, minPauseMs).map(({ startMs, endMs }) => ({
    startMs,
    endMs: Math.min(endMs, durationMs),
  }));
}

/** Segments from the speech probabilities of consecutive windows of 32 ms. Pure. */
export function segmentsOf(speechProbabilities: readonly number[], minPauseMs: number): readonly SpeechSegment[] {
  const policy: TurnPolicy = {
    ...defaultTurnPolicy,
    prefixPaddingMs: 0,
    maxUtteranceMs: Infinity,
    endpointing: { type: 'fixed', silenceDurationMs: minPauseMs },
  };
  const segments: SpeechSegment[] = [];
  let state: TurnState = idleTurn;
  for (const [index, speechProbability] of speechProbabilities.entries()) {
    const window = { endMs: (index + 1) * windowMs, durationMs: windowMs, replyAudible: false };
    const step = stepTurn(state, { type: 'window', speechProbability, ...window }, policy, 'und');
    for (const action of step.actions) {
      if (action.type === 'end') segments.push({ startMs: action.startMs, endMs: action.endMs });
    }
    state = step.state;
  }
  if (state.name !== 'idle') segments.push({ startMs: state.startMs, endMs: state.lastSpeechEndMs });
  return segments;
}
