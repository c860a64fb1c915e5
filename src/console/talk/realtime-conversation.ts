/**
 * The events of the OpenAI Realtime API, with Attune's, as changes of the conversation. Pure.
 *
 * Words of an utterance that turned out to be a cough or an “mm-hmm” over a reply are never begun, for the server announces
 * only what interrupts.
 */
import type { ServerEvents } from '../../client/server-event.js';
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
  type Felt,
  type MoodPoint,
  type Reply,
} from './conversation.js';

export type RealtimeConversationEvent = ServerEvents[keyof ServerEvents] | CallEvent;

const mostTrailPoints = 48;

export function afterRealtimeEvent(before: Conversation, event: RealtimeConversationEvent): Conversation {
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
    default:
      return afterCallEvent(before, event as CallEvent);
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

function personNotice({ remembered_turns: count, reminder }: ServerEvents['attune.person']): string {
  if (count === 0) return 'Nothing is remembered of this person.';
  return `${count} ${count === 1 ? 'turn is' : 'turns are'} remembered of this person. ${reminder ?? ''}`.trim();
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
