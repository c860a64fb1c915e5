/**
 * Works out where a conversation stands by going through its messages again.
 *
 * Pure, and the reason why the embedded responder keeps nothing between requests. A question counts as asked only if its
 * words are in the assistant's message as the conversation holds it: after an interruption that is what was really heard.
 */
import type { DialogueMessage, ResponderRequest } from '../responder.js';
import { personOffer } from './act-phrasings.js';
import { newDialogue, type DialogueState, type DialogueStep } from './dialogue-state.js';
import { personaOf } from './persona.js';
import { takeTurn } from './take-turn.js';
import type { TurnContext } from './turn-context.js';
import { Utterance } from './utterance.js';
import { Variation } from './variation.js';

/** Older turns are forgotten, so that a long call does not take ever longer to answer. */
const maxReplayedTurns = 12;

export interface ReplayInput {
  readonly request: Pick<ResponderRequest, 'instructions' | 'messages' | 'locale'>;
  readonly wallTimeMs: number;
  readonly timeZone: string | undefined;
}

/** The answer to the caller's last message, and the context it was made in; null when the caller has not said anything. */
export function replay({
  request,
  wallTimeMs,
  timeZone,
}: ReplayInput): (DialogueStep & { readonly context: TurnContext }) | null {
  const turns = turnsOf(request.messages);
  const firstWords = turns[0]?.heard ?? '';
  const persona = personaOf(request.instructions, request.locale);
  const skipped = Math.max(0, turns.length - maxReplayedTurns);
  let state: DialogueState = { ...newDialogue, turn: skipped };
  let latest: (DialogueStep & { readonly context: TurnContext }) | null = null;
  for (const { heard, said } of turns.slice(skipped)) {
    const variation = new Variation(firstWords, state.turn);
    const context: TurnContext = { persona, wallTimeMs, timeZone, locale: request.locale, variation };
    const step = takeTurn(state, new Utterance(heard), context);
    latest = { ...step, context };
    const isOffered = said?.includes(personOffer) ?? false;
    const asked = step.state.pending !== null && said !== null && said.includes(step.state.pending.heardAs);
    state = {
      ...step.state,
      pending: isOffered ? { kind: 'offer-person', heardAs: personOffer } : asked ? step.state.pending : null,
      lastReply: wholeReply(step.state.lastReply, said),
    };
  }
  return latest;
}

/** What is repeated on request: the reply as planned, when what was heard is a part of it. */
function wholeReply(planned: string, heard: string | null): string {
  return heard === null || planned.includes(heard.trim()) ? planned : heard;
}

interface HeardTurn {
  readonly heard: string;
  /** What the assistant answered; null when nothing was heard of it. */
  readonly said: string | null;
}

/** The caller's turns with the answers to them. Messages of one side that follow one another belong together. */
function turnsOf(messages: readonly DialogueMessage[]): HeardTurn[] {
  const turns: { heard: string; said: string | null }[] = [];
  for (const message of messages) {
    const turn = turns.at(-1);
    if (message.role === 'user') {
      if (turn && turn.said === null) turn.heard = `${turn.heard} ${message.text}`;
      else turns.push({ heard: message.text, said: null });
    } else if (message.role === 'assistant' && turn) {
      turn.said = turn.said === null ? message.text : `${turn.said} ${message.text}`.trim();
    } else if (message.role === 'tool-call' && turn) {
      // The turn was answered by calling a tool, whether or not its result was spoken.
      turn.said ??= '';
    }
  }
  return turns;
}
