/**
 * The client's events become the conversation that is shown.
 */
import t from 'tap';
import { emptyConversation, type Conversation } from '../../../src/console/talk/conversation.js';
import { afterRealtimeEvent, type RealtimeConversationEvent } from '../../../src/console/talk/realtime-conversation.js';

/** Events by what matters of them; the rest of their fields is not read. */
function after(events: readonly (Readonly<Record<string, unknown>> & { readonly type: string })[]): Conversation {
  return events.reduce<Conversation>(
    (before, event) => afterRealtimeEvent(before, event as unknown as RealtimeConversationEvent),
    emptyConversation,
  );
}

const emotion = { label: 'angry', arousal: 0.7, valence: 0.2 };
const spoken = [
  { type: 'input_audio_buffer.speech_started', item_id: 'u1' },
  { type: 'attune.transcript', item_id: 'u1', text: 'my package is lay', stable_text: 'my package' },
  { type: 'attune.emotion', item_id: 'u1', final: false, emotion, trend: 'steady' },
  { type: 'input_audio_buffer.speech_stopped', item_id: 'u1' },
  { type: 'input_audio_buffer.committed', item_id: 'u1' },
  {
    type: 'attune.words',
    item_id: 'u1',
    text: 'My package is late.',
    words: [],
    written: [{ text: 'My', confidence: 0.9 }],
  },
  { type: 'conversation.item.input_audio_transcription.completed', item_id: 'u1', transcript: 'My package is late.' },
  { type: 'attune.emotion', item_id: 'u1', final: true, emotion, trend: 'steady' },
] as const;
const answered = [
  { type: 'response.created', response: { id: 'r1' } },
  { type: 'attune.response', response_id: 'r1', acts: ['apologise'], rules: ['anger'], style: {} },
  { type: 'response.output_item.added', response_id: 'r1', item: { id: 'a1', type: 'message' } },
  { type: 'response.output_audio_transcript.delta', item_id: 'a1', delta: 'I am sorry. ' },
  { type: 'response.output_audio_transcript.delta', item_id: 'a1', delta: 'Which order?' },
  { type: 'response.done', response: { id: 'r1', status: 'completed', status_details: null } },
] as const;

t.test('words grow while they are spoken', async (t) => {
  const { turns, speaking } = after(spoken.slice(0, 2));
  t.equal(speaking, true);
  t.match(turns, [{ id: 'u1', said: { text: 'my package is lay', stableText: 'my package', state: 'speaking' } }]);
});

t.test('a whole turn stands together', async (t) => {
  const { turns, trail, speaking } = after([
    ...spoken,
    ...answered,
    { type: 'attune.timing', item_id: 'u1', timing: { speechEndMs: 1, endpointMs: 2 } },
  ]);
  t.equal(speaking, false);
  t.match(turns, [
    {
      said: { text: 'My package is late.', state: 'done', typed: false },
      felt: { final: true },
      reply: { text: 'I am sorry. Which order?', heardText: '', state: 'thinking', decision: { acts: ['apologise'] } },
      timing: { endpointMs: 2 },
    },
  ]);
  t.equal(turns.length, 1);
  t.match(trail, [
    { final: false, valence: 0.2 },
    { final: true, valence: 0.2 },
  ]);
});

t.test('a reply is shown as it is heard, and ends when it was', async (t) => {
  const speaking = after([
    ...spoken,
    ...answered,
    { type: 'playback', itemId: 'a1', heardText: 'I am', finished: false },
  ]);
  t.match(speaking.turns[0]?.reply, { heardText: 'I am', state: 'speaking' });
  const done = afterRealtimeEvent(speaking, {
    type: 'playback',
    itemId: 'a1',
    heardText: 'I am sorry.',
    finished: true,
    playedMs: 1,
    receivedMs: 1,
  });
  t.match(done.turns[0]?.reply, { heardText: 'I am sorry. Which order?', state: 'done' });
});

t.test('a reply that is broken off keeps what the server says was heard', async (t) => {
  const { turns } = after([
    ...spoken,
    ...answered,
    { type: 'interrupted', itemId: 'a1', heardText: 'I am' },
    { type: 'conversation.item.retrieved', item: { id: 'a1', content: [{ transcript: 'I am sorry.' }] } },
    { type: 'input_audio_buffer.speech_started', item_id: 'u2' },
  ]);
  t.match(turns[0]?.reply, { state: 'interrupted', heardText: 'I am sorry.' });
  t.match(turns[1], { id: 'u2', said: { state: 'speaking' }, reply: null });
});

t.test('a silent reply is replaced, one that spoke is not', async (t) => {
  const replaced = after([...spoken, answered[0], { type: 'response.created', response: { id: 'r2' } }]);
  t.match(replaced.turns, [{ reply: { responseId: 'r2' } }]);
  t.equal(replaced.turns.length, 1);
  const second = after([...spoken, ...answered, { type: 'response.created', response: { id: 'r2' } }]);
  t.match(second.turns[1], { said: null, reply: { responseId: 'r2' } });
});

t.test('what nobody announced is not shown', async (t) => {
  const { turns, mood } = after([
    { type: 'attune.transcript', item_id: 'cough', text: 'hm', stable_text: '' },
    { type: 'attune.emotion', item_id: 'cough', final: false, emotion, trend: 'steady' },
  ]);
  t.same(turns, []);
  t.equal(mood, null);
});

t.test('a typed turn, a failed reply, a lost connection', async (t) => {
  const typed = after([
    {
      type: 'conversation.item.added',
      item: { id: 'u1', type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
    },
    { type: 'response.created', response: { id: 'r1' } },
  ]);
  t.match(typed.turns, [{ said: { text: 'Hello', typed: true, state: 'done' }, reply: { state: 'thinking' } }]);
  const failed = afterRealtimeEvent(typed, {
    type: 'response.done',
    response: {
      id: 'r1',
      status: 'failed',
      status_details: { error: { type: '', code: 'X', message: 'No model.', param: null } },
      output: [],
    },
  });
  t.match(failed.turns[0]?.reply, { state: 'failed', problem: 'No model.' });
  t.match(afterRealtimeEvent(typed, { type: 'lost' }).turns[0]?.reply, { state: 'interrupted' });
});
