/**
 * The conversation as the console shows it, made of the client's events. Pure: state and event in, new state out.
 *
 * A turn is what a person said or typed with the feeling and the reply that followed. Words of an utterance that turned out
 * to be a cough or an “mm-hmm” over a reply are never begun, for the server announces only what interrupts.
 */
import type { Emotion, RecognisedWord, ServerEvents, SpeakingStyle, TurnTiming } from '../../client/server-event.js';
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
  readonly reply: Reply | null;
  readonly timing: TurnTiming | null;
}

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

export type ConversationEvent =
  | ServerEvents[keyof ServerEvents]
  | ({ readonly type: 'playback' } & PlaybackEvent)
  | ({ readonly type: 'interrupted' } & InterruptedEvent)
  /** The session went away, and what was in the air with it. */
  | { readonly type: 'lost' };

export const emptyConversation: Conversation = { turns: [], trail: [], mood: null, speaking: false, notices: [] };

const mostTurns = 200;
const mostTrailPoints = 48;
const mostNotices = 20;

export function conversationAfter(before: Conversation, event: ConversationEvent): Conversation {
  switch (event.type) {
    case 'input_audio_buffer.speech_started':
      return { ...withTurn(before, event.item_id, false), speaking: true };
    case 'input_audio_buffer.speech_stopped':
      return {
        ...changeSaid(before, event.item_id, (said) => ({ ...said, state: 'understanding' })),
        speaking: false,
      };
    case 'input_audio_buffer.committed':
      return withTurn(before, event.item_id, false);
    case 'conversation.item.added': {
      const { item } = event;
      if (item.type !== 'message' || item.role !== 'user') return before;
      const written = item.content?.find(({ type }) => type === 'input_text')?.text;
      const known = withTurn(before, item.id, written !== undefined);
      if (written === undefined) return known;
      return changeSaid(known, item.id, (said) => ({ ...said, text: written, stableText: written, state: 'done' }));
    }
    case 'attune.transcript':
      return changeSaid(before, event.item_id, (said) => ({
        ...said,
        text: event.text,
        stableText: event.stable_text,
      }));
    case 'attune.words':
      return changeSaid(before, event.item_id, (said) => ({
        ...said,
        text: event.text,
        stableText: event.text,
        words: event.written.length > 0 ? event.written : event.words,
      }));
    case 'conversation.item.input_audio_transcription.completed':
      return changeSaid(before, event.item_id, (said) => ({
        ...said,
        text: event.transcript,
        stableText: event.transcript,
        state: 'done',
      }));
    case 'conversation.item.input_audio_transcription.failed':
      return changeSaid(before, event.item_id, (said) => ({ ...said, state: 'done' }));
    case 'attune.emotion':
      return withFeeling(before, event);
    case 'response.created':
      return withReply(before, event.response.id);
    case 'attune.response':
      return changeReply(
        before,
        ({ responseId }) => responseId === event.response_id,
        (reply) => ({
          ...reply,
          decision: { acts: event.acts, rules: event.rules, style: event.style },
        }),
      );
    case 'response.output_item.added':
      if (event.item.type !== 'message') return before;
      return changeReply(
        before,
        ({ responseId }) => responseId === event.response_id,
        (reply) => ({
          ...reply,
          itemId: event.item.id,
        }),
      );
    case 'response.output_audio_transcript.delta':
      return changeReply(before, ofItem(event.item_id), (reply) => ({
        ...reply,
        text: reply.text + event.delta,
        heardText: reply.heardText ?? '',
      }));
    case 'response.output_text.delta':
      return changeReply(before, ofItem(event.item_id), (reply) => ({
        ...reply,
        text: reply.text + event.delta,
        state: 'speaking',
      }));
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
    case 'conversation.item.retrieved':
      return changeReply(before, ofItem(event.item.id), (reply) => ({
        ...reply,
        heardText: event.item.content?.[0]?.transcript ?? reply.heardText,
      }));
    case 'response.done':
      return changeReply(
        before,
        ({ responseId }) => responseId === event.response.id,
        (reply) => ({
          ...reply,
          ...endOf(reply, event.response),
        }),
      );
    case 'attune.timing':
      return changeTurn(before, event.item_id, (turn) => ({ ...turn, timing: event.timing }));
    case 'attune.notice':
      return withNotice(before, 'notice', event.text);
    case 'attune.person':
      return withNotice(before, 'person', personNotice(event));
    case 'attune.escalation':
      return withNotice(before, 'escalation', `Escalation (${event.action}): ${event.reason}`);
    case 'attune.degraded':
      return withNotice(before, 'problem', `${event.component} failed: ${event.error.message}`);
    case 'error':
      return withNotice(before, 'problem', event.error.message);
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

function endOf(
  reply: Reply,
  { status, status_details: details }: ServerEvents['response.done']['response'],
): Partial<Reply> {
  if (status === 'failed') return { state: 'failed', problem: details?.error?.message ?? 'The reply failed.' };
  if (status === 'cancelled') return { state: 'interrupted' };
  // Sound that has not been played yet ends the reply when it has.
  return reply.heardText === null ? { state: 'done' } : {};
}

function isGoing({ state }: Reply): boolean {
  return state === 'thinking' || state === 'speaking';
}

function personNotice({ remembered_turns: count, reminder }: ServerEvents['attune.person']): string {
  if (count === 0) return 'Nothing is remembered of this person.';
  return `${count} ${count === 1 ? 'turn is' : 'turns are'} remembered of this person. ${reminder ?? ''}`.trim();
}

function ofItem(itemId: string): (reply: Reply) => boolean {
  return (reply) => reply.itemId === itemId;
}

function withTurn(before: Conversation, itemId: string, typed: boolean): Conversation {
  if (before.turns.some(({ id }) => id === itemId)) return before;
  const said: Said = {
    itemId,
    typed,
    text: '',
    stableText: '',
    words: [],
    state: typed ? 'done' : 'speaking',
  };
  return withNewTurn(before, { id: itemId, said, felt: null, reply: null, timing: null });
}

function withNewTurn(before: Conversation, turn: Turn): Conversation {
  return { ...before, turns: [...before.turns, turn].slice(-mostTurns) };
}

function withReply(before: Conversation, responseId: string): Conversation {
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
  return withNewTurn(before, { id: responseId, said: null, felt: null, reply, timing: null });
}

function withFeeling(
  before: Conversation,
  { item_id: itemId, emotion, final, trend }: ServerEvents['attune.emotion'],
): Conversation {
  if (!before.turns.some(({ id }) => id === itemId)) return before;
  const felt: Felt = { emotion, final, trend };
  const point: MoodPoint = { valence: emotion.valence, arousal: emotion.arousal, final };
  return {
    ...changeTurn(before, itemId, (turn) => ({ ...turn, felt })),
    mood: felt,
    trail: [...before.trail, point].slice(-mostTrailPoints),
  };
}

function withNotice(before: Conversation, kind: Notice['kind'], text: string): Conversation {
  const id = (before.notices.at(-1)?.id ?? 0) + 1;
  return {
    ...before,
    notices: [...before.notices, { id, afterTurns: before.turns.length, kind, text }].slice(-mostNotices),
  };
}

function changeTurn(before: Conversation, id: string, change: (turn: Turn) => Turn): Conversation {
  return { ...before, turns: before.turns.map((turn) => (turn.id === id ? change(turn) : turn)) };
}

function changeSaid(before: Conversation, itemId: string, change: (said: Said) => Said): Conversation {
  return changeTurn(before, itemId, (turn) => (turn.said === null ? turn : { ...turn, said: change(turn.said) }));
}

function changeReply(
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
