/**
 * The conversation as the console shows it, and the steps by which a protocol's events change it. Pure: state and event in,
 * new state out.
 *
 * A turn is what a person said or typed with the feeling and the reply that followed.
 */
import type { Emotion, RecognisedWord, SpeakingStyle, TurnTiming } from '../../client/server-event.js';
import type { InterruptedEvent, PlaybackEvent } from '../../client/attune-client.js';

export interface Said {
  readonly itemId: string;
  readonly typed: boolean;
  readonly text: string;
  /** Beginning of `text` that will not change. */
  readonly stableText: string;
  /** Pieces with their confidence, once the turn is over. */
  readonly words: readonly RecognisedWord[];
  readonly state: 'speaking' | 'understanding' | 'done';
}

export interface Felt {
  readonly emotion: Emotion;
  readonly final: boolean;
  readonly trend: string;
}

export interface Reply {
  readonly responseId: string;
  readonly itemId: string | null;
  readonly text: string;
  /** The beginning that was heard; null for a written reply. */
  readonly heardText: string | null;
  readonly state: 'thinking' | 'speaking' | 'done' | 'interrupted' | 'failed';
  readonly decision: {
    readonly acts: readonly string[];
    readonly rules: readonly string[];
    readonly style: SpeakingStyle;
  } | null;
  readonly problem: string | null;
}

export interface Turn {
  readonly id: string;
  /** Null for a reply that nobody asked for. */
  readonly said: Said | null;
  readonly felt: Felt | null;
  /** Scores by name of the expression, from protocols that carry those. */
  readonly expressions: Expressions | null;
  readonly reply: Reply | null;
  readonly timing: TurnTiming | null;
}

export type Expressions = Readonly<Record<string, number>>;

/** Where the mood was, oldest first. */
export interface MoodPoint {
  readonly valence: number;
  readonly arousal: number;
  readonly final: boolean;
}

export interface Conversation {
  readonly turns: readonly Turn[];
  readonly trail: readonly MoodPoint[];
  /** The latest feeling, of whichever turn. */
  readonly mood: Felt | null;
  /** The latest, of whichever turn. */
  readonly expressions: Expressions | null;
  readonly speaking: boolean;
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly id: number;
  /** How many turns there were when it came. */
  readonly afterTurns: number;
  readonly kind: 'notice' | 'problem' | 'person' | 'escalation';
  readonly text: string;
}

/** What the client tells of the call itself, whatever the protocol. */
export type CallEvent =
  | ({ readonly type: 'playback' } & PlaybackEvent)
  | ({ readonly type: 'interrupted' } & InterruptedEvent)
  /** The session went away, and what was in the air with it. */
  | { readonly type: 'lost' };

export const emptyConversation: Conversation = {
  turns: [],
  trail: [],
  mood: null,
  expressions: null,
  speaking: false,
  notices: [],
};

const mostTurns = 200;
const mostNotices = 20;

export function afterCallEvent(before: Conversation, event: CallEvent): Conversation {
  switch (event.type) {
    case 'playback':
      return changeReply(before, ofItem(event.itemId), (reply) => ({
        ...reply,
        heardText: event.finished ? reply.text : event.heardText,
        state: event.finished ? 'done' : 'speaking',
      }));
    case 'interrupted':
      return changeReply(before, ofItem(event.itemId), (reply) => ({
        ...reply,
        heardText: event.heardText,
        state: 'interrupted',
      }));
    case 'lost':
      return {
        ...before,
        speaking: false,
        turns: before.turns.map((turn) => ({
          ...turn,
          said: turn.said && { ...turn.said, state: 'done' },
          reply: turn.reply && isGoing(turn.reply) ? { ...turn.reply, state: 'interrupted' } : turn.reply,
        })),
      };
    default:
      return before;
  }
}

function isGoing({ state }: Reply): boolean {
  return state === 'thinking' || state === 'speaking';
}

export function ofItem(itemId: string): (reply: Reply) => boolean {
  return (reply) => reply.itemId === itemId;
}

export function withTurn(before: Conversation, itemId: string, typed: boolean): Conversation {
  if (before.turns.some(({ id }) => id === itemId)) return before;
  const said: Said = {
    itemId,
    typed,
    text: '',
    stableText: '',
    words: [],
    state: typed ? 'done' : 'speaking',
  };
  return withNewTurn(before, { id: itemId, said, felt: null, expressions: null, reply: null, timing: null });
}

function withNewTurn(before: Conversation, turn: Turn): Conversation {
  return { ...before, turns: [...before.turns, turn].slice(-mostTurns) };
}

export function withReply(before: Conversation, responseId: string): Conversation {
  const reply: Reply = {
    responseId,
    itemId: null,
    text: '',
    heardText: null,
    state: 'thinking',
    decision: null,
    problem: null,
  };
  const last = before.turns.at(-1);
  // A reply that said nothing yet is replaced by the one that takes its place.
  if (last?.said && (last.reply === null || last.reply.text === ''))
    return changeTurn(before, last.id, (turn) => ({ ...turn, reply }));
  return withNewTurn(before, { id: responseId, said: null, felt: null, expressions: null, reply, timing: null });
}

export function withNotice(before: Conversation, kind: Notice['kind'], text: string): Conversation {
  const id = (before.notices.at(-1)?.id ?? 0) + 1;
  return {
    ...before,
    notices: [...before.notices, { id, afterTurns: before.turns.length, kind, text }].slice(-mostNotices),
  };
}

export function changeTurn(before: Conversation, id: string, change: (turn: Turn) => Turn): Conversation {
  return { ...before, turns: before.turns.map((turn) => (turn.id === id ? change(turn) : turn)) };
}

export function changeSaid(before: Conversation, itemId: string, change: (said: Said) => Said): Conversation {
  return changeTurn(before, itemId, (turn) => (turn.said === null ? turn : { ...turn, said: change(turn.said) }));
}

export function changeReply(
  before: Conversation,
  which: (reply: Reply) => boolean,
  change: (reply: Reply) => Reply,
): Conversation {
  return {
    ...before,
    turns: before.turns.map((turn) =>
      turn.reply !== null && which(turn.reply) ? { ...turn, reply: change(turn.reply) } : turn,
    ),
  };
}
