/**
 * When a pause may well be the end of the turn: said once in each pause, before the endpoint is certain.
 *
 * Whoever is told may prepare for the end, and is told again when the caller goes on. Nothing depends on it: the turn machine
 * decides alone when a turn ends. Speech over the assistant is never expected to end, for nobody knows yet what it is.
 */
import { waitOf, type TurnState } from './turn-machine.js';
import type { TurnPolicy } from './turn-policy.js';

/** Silence after which it is worth to ask: above the closure of a stop consonant, three windows. */
const expectTurnAfterMs = 96;

type Pausing = Extract<TurnState, { name: 'pausing' }>;

export class ExpectedTurn {
  /** End of the speech before the pause that was told of. */
  #speechEndMs: number | undefined;

  /** `due` once in a pause that is long enough, `over` when the caller goes on after that. */
  note(state: TurnState): 'due' | 'over' | null {
    if (state.name === 'pausing') {
      if (state.provisional || state.silenceMs < expectTurnAfterMs || this.#speechEndMs !== undefined) return null;
      this.#speechEndMs = state.lastSpeechEndMs;
      return 'due';
    }
    const goesOn = state.name === 'speaking' && this.#speechEndMs !== undefined;
    this.#speechEndMs = undefined;
    return goesOn ? 'over' : null;
  }
}

/** True when everything that is known says no more than that a usual pause has to pass. */
export function isEndProbable(state: Pausing, policy: TurnPolicy, language: string): boolean {
  const { endpointing } = policy;
  return endpointing.type === 'fixed' || waitOf(state, policy, language) <= endpointing.usualWaitMs;
}
