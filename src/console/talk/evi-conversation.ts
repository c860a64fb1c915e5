/**
 * The events of Hume's EVI as changes of the conversation. Pure.
 *
 * The protocol names no utterance and announces no speech: words that come while a person speaks belong to the turn that is
 * open. While a reply is heard they are passed over, for only an interruption says that they are not a cough or an “mm-hmm”.
 */
import type { CallEvents } from '../../client/attune-client.js';
import type { EviEvents } from '../../client/evi-event.js';
import {
  afterCallEvent,
  changeReply,
  changeSaid,
  changeTurn,
  ofItem,
  withNotice,
  withReply,
  withTurn,
  type CallEvent,
  type Conversation,
} from './conversation.js';

export type EviConversationEvent =
  | EviEvents['user_message']
  | EviEvents['user_interruption']
  | EviEvents['error']
  | ({ readonly type: 'clause' } & CallEvents['clause'])
  | CallEvent;

export function afterEviEvent(before: Conversation, event: EviConversationEvent): Conversation {
  switch (event.type) {
    case 'user_message':
      return event.interim ? withPassingWords(before, event.message.content) : withMessage(before, event);
    case 'user_interruption':
      return { ...before, speaking: true };
    case 'clause':
      return withClause(before, event);
    case 'error':
      return withNotice(before, 'problem', event.message);
    default:
      return afterCallEvent(before, event);
  }
}

function withPassingWords(before: Conversation, text: string): Conversation {
  if (before.turns.at(-1)?.reply?.state === 'speaking') return before;
  const { turnId, conversation } = withOpenTurn(before);
  return { ...changeSaid(conversation, turnId, (said) => ({ ...said, text })), speaking: true };
}

function withMessage(
  before: Conversation,
  { message, models, from_text: typed }: EviEvents['user_message'],
): Conversation {
  const { turnId, conversation } = typed ? withAnotherTurn(before, { typed }) : withOpenTurn(before);
  const expressions = models.prosody?.scores ?? null;
  const text = message.content;
  const said = changeSaid(conversation, turnId, (one) => ({ ...one, text, stableText: text, state: 'done' }));
  return {
    ...changeTurn(said, turnId, (turn) => ({ ...turn, expressions })),
    expressions: expressions ?? before.expressions,
    speaking: typed && before.speaking,
  };
}

interface TurnMade {
  readonly turnId: string;
  readonly conversation: Conversation;
}

/** The turn in which a person is speaking; another one when there is none. */
function withOpenTurn(before: Conversation): TurnMade {
  const last = before.turns.at(-1);
  const isOpen = last?.said?.state === 'speaking' && last.reply === null;
  return isOpen ? { turnId: last.id, conversation: before } : withAnotherTurn(before, { typed: false });
}

function withAnotherTurn(before: Conversation, { typed }: { readonly typed: boolean }): TurnMade {
  const numbers = before.turns.map(({ id }) => Number(/^said-(\d+)$/u.exec(id)?.[1] ?? 0));
  const turnId = `said-${Math.max(0, ...numbers) + 1}`;
  // A reply of which nothing was heard yet is never given.
  const overtaken = changeReply(
    before,
    ({ state }) => state === 'thinking',
    (reply) => ({ ...reply, state: 'interrupted' }),
  );
  return { turnId, conversation: withTurn(overtaken, turnId, typed) };
}

function withClause(before: Conversation, { itemId, text }: CallEvents['clause']): Conversation {
  const isKnown = before.turns.some(({ reply }) => reply?.itemId === itemId);
  const begun = isKnown
    ? before
    : changeReply(
        withReply(before, itemId),
        ({ responseId }) => responseId === itemId,
        (reply) => ({ ...reply, itemId, heardText: '' }),
      );
  return changeReply(begun, ofItem(itemId), (reply) => ({ ...reply, text: `${reply.text} ${text}`.trim() }));
}
