/**
 * When does a turn start, end or get broken off: a pure state machine, event in, new state and actions out.
 *
 * It counts time on the caller's audio, one VAD window after the other. `quiet` stands for time in which no audio came
 * (packet loss, DTX), so a missing frame can never hang a turn. While the assistant is audible, the first window that is
 * surely speech holds its sound (`hold`); what is less sure holds it once it lasts. It becomes an interruption when it goes
 * on, or when its words say so, and otherwise the sound resumes: every `hold` is followed by `interrupt` or `resume`. Order
 * of the actions is the order in which they must be carried out.
 */
import { endpointWaitMs } from './endpointing.js';
import type { TurnPolicy } from './turn-policy.js';

export type TurnState =
  | ({ readonly name: 'idle' } & Onset)
  | ({ readonly name: 'speaking' } & OpenUtterance)
  | ({ readonly name: 'pausing' } & PauseCues & OpenUtterance)
  /** Short speech over the assistant has ended; its words decide. Dismissed: it was nothing, unless the caller goes on at once. */
  | ({ readonly name: 'judging'; readonly silenceMs: number; readonly isDismissed: boolean } & OpenUtterance);

/** Speech that is too short yet to be an utterance. */
interface Onset {
  readonly onsetMs: number;
  /** 0: nothing was heard. */
  readonly speechMs: number;
  /** True when it holds the reply. */
  readonly held: boolean;
  /** Since the last window of speech, while it holds the reply. */
  readonly silenceMs: number;
}

interface PauseCues {
  readonly silenceMs: number;
  readonly finality: number;
  /** Null until the end-of-turn model has answered. */
  readonly endProbability: number | null;
}

interface OpenUtterance {
  /** Start of the utterance on the audio timeline, prefix padding included. */
  readonly startMs: number;
  readonly speechMs: number;
  readonly lastSpeechEndMs: number;
  readonly transcript: string;
  /** True until speech over the assistant is known to be an interruption. */
  readonly provisional: boolean;
}

export type TurnInput =
  /** One window that ends at `endMs` on the audio timeline and lasts `durationMs`. */
  | {
      readonly type: 'window';
      readonly speechProbability: number;
      readonly endMs: number;
      readonly durationMs: number;
      readonly replyAudible: boolean;
    }
  /** Time without audio. */
  | { readonly type: 'quiet'; readonly durationMs: number }
  | { readonly type: 'transcript'; readonly text: string }
  /** How the speech before the pause closes; answers `measure-cadence`. */
  | { readonly type: 'cadence'; readonly finality: number }
  /** What the end-of-turn model makes of the speech before the pause that began at `lastSpeechEndMs`. */
  | { readonly type: 'turn-end'; readonly lastSpeechEndMs: number; readonly endProbability: number }
  /** Answers `judge`. */
  | { readonly type: 'verdict'; readonly interruption: boolean }
  /** The reply that was spoken over has ended by itself. */
  | { readonly type: 'reply-silent' };

export type TurnAction =
  | { readonly type: 'hold' }
  | { readonly type: 'resume' }
  /** Stop the reply for good: cancel, purge, tell, cut. Comes before the `speech-started` that caused it. */
  | { readonly type: 'interrupt' }
  /** Listen to an utterance from `startMs`. */
  | { readonly type: 'open'; readonly startMs: number }
  | { readonly type: 'speech-started'; readonly startMs: number }
  | { readonly type: 'measure-cadence'; readonly lastSpeechEndMs: number }
  | { readonly type: 'judge' }
  | { readonly type: 'discard' }
  | { readonly type: 'end'; readonly startMs: number; readonly endMs: number; readonly speechMs: number };

export interface TurnStep {
  readonly state: TurnState;
  readonly actions: readonly TurnAction[];
}

export const idleTurn: TurnState = { name: 'idle', onsetMs: 0, speechMs: 0, held: false, silenceMs: 0 };

/** True while the assistant's sound is kept back. */
export function isHolding(state: TurnState): boolean {
  return state.name === 'idle' ? state.held : state.provisional;
}

export function stepTurn(state: TurnState, input: TurnInput, policy: TurnPolicy, language: string): TurnStep {
  switch (input.type) {
    case 'window':
      return onWindow(state, input, policy, language);
    case 'quiet':
      return onSilence(state, input.durationMs, policy, language);
    case 'transcript':
      return onTranscript(state, input.text, policy, language);
    case 'cadence':
      return state.name === 'pausing'
        ? checkEndpoint({ ...state, finality: input.finality }, policy, language)
        : stay(state);
    case 'turn-end':
      return state.name === 'pausing' && state.lastSpeechEndMs === input.lastSpeechEndMs
        ? checkEndpoint({ ...state, endProbability: input.endProbability }, policy, language)
        : stay(state);
    case 'verdict':
      return onVerdict(state, input.interruption, policy, language);
    case 'reply-silent':
      return onReplySilent(state);
  }
}

type Window = Extract<TurnInput, { type: 'window' }>;

function onWindow(state: TurnState, window: Window, policy: TurnPolicy, language: string): TurnStep {
  const isSpeech = window.speechProbability >= policy.speechThreshold;
  const isSilence = window.speechProbability < policy.silenceThreshold;
  if (state.name === 'idle') return onIdleWindow(state, window, isSpeech, isSilence, policy);
  if (state.name === 'judging') {
    if (!isSpeech) return onJudgedSilence(state, window.durationMs, policy);
    return confirmOrGoOn(speakOn(state, window), policy);
  }
  if (isSpeech || (state.name === 'speaking' && !isSilence)) {
    const speaking = isSpeech ? speakOn(state, window) : state;
    if (window.endMs - state.startMs >= policy.maxUtteranceMs)
      return end(confirmed(speaking), confirmActions(speaking));
    return speaking.name === 'speaking' ? confirmOrGoOn(speaking, policy) : stay(speaking);
  }
  return onSilence(state, window.durationMs, policy, language);
}

function onIdleWindow(
  state: Extract<TurnState, { name: 'idle' }>,
  window: Window,
  isSpeech: boolean,
  isSilence: boolean,
  policy: TurnPolicy,
): TurnStep {
  const overReply = window.replyAudible && policy.interruptReply;
  if (!isSpeech) return isSilence || state.held ? onIdleSilence(state, window.durationMs, policy) : stay(state);
  const onsetMs = state.speechMs === 0 ? window.endMs - window.durationMs : state.onsetMs;
  const speechMs = state.speechMs + window.durationMs;
  const isEnough = speechMs >= policy.minSpeechMs;
  const isSure = isEnough || window.speechProbability >= policy.holdProbability;
  const holds: TurnAction[] = overReply && isSure && !state.held ? [{ type: 'hold' }] : [];
  if (!isEnough)
    return {
      state: { name: 'idle', onsetMs, speechMs, held: state.held || holds.length > 0, silenceMs: 0 },
      actions: holds,
    };
  const startMs = Math.max(0, onsetMs - policy.prefixPaddingMs);
  const opened: TurnState = {
    name: 'speaking',
    startMs,
    speechMs,
    lastSpeechEndMs: window.endMs,
    transcript: '',
    provisional: overReply,
  };
  const actions: TurnAction[] = [...holds, { type: 'open', startMs }];
  if (!overReply && state.held) actions.unshift({ type: 'resume' });
  if (!overReply) actions.push({ type: 'speech-started', startMs });
  return { state: opened, actions };
}

/** What was heard was nothing; a reply that it holds waits a little longer, since the windows of a word are not all sure. */
function onIdleSilence(state: Extract<TurnState, { name: 'idle' }>, durationMs: number, policy: TurnPolicy): TurnStep {
  if (state.speechMs === 0) return stay(state);
  const silenceMs = state.silenceMs + durationMs;
  if (state.held && silenceMs < policy.judgeSilenceMs) return stay({ ...state, silenceMs });
  return { state: idleTurn, actions: state.held ? [{ type: 'resume' }] : [] };
}

const noCues = { finality: 0.5, endProbability: null };

function onSilence(state: TurnState, durationMs: number, policy: TurnPolicy, language: string): TurnStep {
  if (state.name === 'idle') return onIdleSilence(state, durationMs, policy);
  if (state.name === 'judging') return onJudgedSilence(state, durationMs, policy);
  const wasSpeaking = state.name === 'speaking';
  const silenceMs = (wasSpeaking ? 0 : state.silenceMs) + durationMs;
  const { finality, endProbability } = wasSpeaking ? noCues : state;
  const pausing = { ...state, name: 'pausing' as const, silenceMs, finality, endProbability };
  if (pausing.provisional) {
    if (silenceMs < policy.judgeSilenceMs) return stay(pausing);
    const { finality: _finality, endProbability: _end, ...utterance } = pausing;
    return { state: { ...utterance, name: 'judging', isDismissed: false }, actions: [{ type: 'judge' }] };
  }
  const step = checkEndpoint(pausing, policy, language);
  if (!wasSpeaking || step.state.name !== 'pausing') return step;
  return {
    state: step.state,
    actions: [{ type: 'measure-cadence', lastSpeechEndMs: pausing.lastSpeechEndMs }, ...step.actions],
  };
}

function checkEndpoint(state: Extract<TurnState, { name: 'pausing' }>, policy: TurnPolicy, language: string): TurnStep {
  if (state.provisional) return stay(state);
  return state.silenceMs >= waitOf(state, policy, language) ? end(state, []) : stay(state);
}

/** Silence after which the pause ends the turn, as far as is known now. */
export function waitOf(state: Extract<TurnState, { name: 'pausing' }>, policy: TurnPolicy, language: string): number {
  const { transcript, finality, endProbability } = state;
  return endpointWaitMs(policy.endpointing, { transcript, finality, endProbability, language });
}

function onTranscript(state: TurnState, transcript: string, policy: TurnPolicy, language: string): TurnStep {
  if (state.name === 'idle') return stay(state);
  const next = { ...state, transcript };
  return next.name === 'pausing' ? checkEndpoint(next, policy, language) : stay(next);
}

/** An interruption is an utterance like any other from then on: it may be the first word of many. */
function onVerdict(state: TurnState, interruption: boolean, policy: TurnPolicy, language: string): TurnStep {
  if (state.name !== 'judging') return stay(state);
  if (!interruption) return onJudgedSilence({ ...state, isDismissed: true }, 0, policy);
  const { isDismissed: _dismissed, ...utterance } = state;
  const pausing = { ...confirmed(utterance), ...noCues, name: 'pausing' as const };
  const step = checkEndpoint(pausing, policy, language);
  const measures: TurnAction[] =
    step.state.name === 'pausing' ? [{ type: 'measure-cadence', lastSpeechEndMs: state.lastSpeechEndMs }] : [];
  return { state: step.state, actions: [...confirmActions(state), ...measures, ...step.actions] };
}

/** A reply that resumes between two words is broken off again at once. */
function onJudgedSilence(
  state: Extract<TurnState, { name: 'judging' }>,
  durationMs: number,
  policy: TurnPolicy,
): TurnStep {
  const silenceMs = state.silenceMs + durationMs;
  if (!state.isDismissed || silenceMs < policy.dismissSilenceMs) return stay({ ...state, silenceMs });
  return { state: idleTurn, actions: [{ type: 'discard' }, { type: 'resume' }] };
}

/** Nothing is left to hold or to interrupt: what was provisional becomes an ordinary utterance. */
function onReplySilent(state: TurnState): TurnStep {
  if (state.name === 'idle' || !state.provisional) return stay(state);
  const started: TurnAction = { type: 'speech-started', startMs: state.startMs };
  if (state.name === 'judging') return stay(state);
  return { state: { ...state, provisional: false }, actions: [started] };
}

function speakOn(
  state: Exclude<TurnState, { name: 'idle' }>,
  window: Window,
): Extract<TurnState, { name: 'speaking' }> {
  return {
    name: 'speaking',
    startMs: state.startMs,
    speechMs: state.speechMs + window.durationMs,
    lastSpeechEndMs: window.endMs,
    transcript: state.transcript,
    provisional: state.provisional,
  };
}

function confirmOrGoOn(state: Extract<TurnState, { name: 'speaking' }>, policy: TurnPolicy): TurnStep {
  if (!state.provisional || state.speechMs < policy.confirmInterruptionMs) return stay(state);
  return { state: confirmed(state), actions: confirmActions(state) };
}

function confirmed<S extends OpenUtterance>(state: S): S {
  return { ...state, provisional: false };
}

function confirmActions(state: OpenUtterance): readonly TurnAction[] {
  return state.provisional ? [{ type: 'interrupt' }, { type: 'speech-started', startMs: state.startMs }] : [];
}

function end(state: OpenUtterance, before: readonly TurnAction[]): TurnStep {
  const ended: TurnAction = {
    type: 'end',
    startMs: state.startMs,
    endMs: state.lastSpeechEndMs,
    speechMs: state.speechMs,
  };
  return { state: idleTurn, actions: [...before, ended] };
}

function stay(state: TurnState): TurnStep {
  return { state, actions: [] };
}
