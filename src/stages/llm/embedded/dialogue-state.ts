/**
 * Where a conversation with the embedded responder stands. Values only; conversation-replay.ts works them out anew for
 * every request from the messages, so nothing is kept between requests.
 */
import type { ReplyIntent } from '../responder.js';
import type { SlotName } from './support-scenarios.js';

/** What the assistant asked last and still waits for. `heardAs` is the question's text. */
export type PendingQuestion = {
  readonly heardAs: string;
  /** Id of the small talk that asked. */
  readonly topic?: string;
} & (
  | { readonly kind: 'slot'; readonly slot: SlotName; readonly tries: number }
  | { readonly kind: 'confirm'; readonly slot: SlotName }
  | { readonly kind: 'anything-else' }
  /** Whether a person should call back. */
  | { readonly kind: 'offer-person' }
  /** A question whose answer is listened to but not looked into. */
  | { readonly kind: 'open' }
);

export interface DialogueState {
  /** Turns of the caller so far. */
  readonly turn: number;
  readonly callerName: string | null;
  /** Id of the support scenario whose questions are being asked. */
  readonly scenario: string | null;
  readonly slots: Readonly<Partial<Record<SlotName, string>>>;
  readonly pending: PendingQuestion | null;
  /** Turns in a row that were not understood. */
  readonly misunderstood: number;
  /** What the assistant said last, for `say that again`. */
  readonly lastReply: string;
}

export const newDialogue: DialogueState = {
  turn: 0,
  callerName: null,
  scenario: null,
  slots: {},
  pending: null,
  misunderstood: 0,
  lastReply: '',
};

/** A piece of a reply with what it wants to sound like. */
export interface ReplySentence {
  readonly intent: ReplyIntent;
  readonly text: string;
}

/** What a turn leads to. */
export interface DialogueStep {
  readonly state: DialogueState;
  readonly sentences: readonly ReplySentence[];
}
