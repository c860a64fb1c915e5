/**
 * The Talk view over the OpenAI Realtime API with Attune's events, which carries everything that the view can show.
 */
import { AttuneClient } from '../../client/attune-client.js';
import { afterRealtimeEvent, type RealtimeConversationEvent } from './realtime-conversation.js';
import { callAddress, type TalkProtocol } from './talk-protocol.js';

/** Types of events that change the conversation; the rest, sound above all, passes by. */
const conversationTypes = [
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'conversation.item.added',
  'conversation.item.retrieved',
  'conversation.item.input_audio_transcription.completed',
  'conversation.item.input_audio_transcription.failed',
  'response.created',
  'response.done',
  'response.output_item.added',
  'response.output_audio_transcript.delta',
  'response.output_text.delta',
  'attune.transcript',
  'attune.words',
  'attune.emotion',
  'attune.response',
  'attune.timing',
  'attune.notice',
  'attune.person',
  'attune.escalation',
  'attune.degraded',
  'error',
] as const;

export const realtimeTalk: TalkProtocol = {
  sessionOf({ voice, locale, persona, person, remember, record }) {
    return {
      ...(persona.trim() === '' ? {} : { instructions: persona.trim() }),
      audio: { output: { voice } },
      attune: {
        locale,
        person: person.trim() === '' ? null : person.trim(),
        ...(person.trim() === '' ? {} : { consent: { ...given('memory', remember), ...given('recording', record) } }),
      },
    };
  },

  openClient({ apiKey, settings, onChange }) {
    const client = new AttuneClient({
      url: callAddress('/v1/realtime?model=attune'),
      apiKey,
      session: realtimeTalk.sessionOf(settings),
    });
    const note = (event: RealtimeConversationEvent): void => onChange((before) => afterRealtimeEvent(before, event));
    for (const type of conversationTypes) client.on(type, note);
    client.on('playback', (event) => note({ type: 'playback', ...event }));
    client.on('interrupted', (event) => note({ type: 'interrupted', ...event }));
    client.on('conversation.item.truncated', ({ item_id: itemId }) => {
      // The server knows best which words were heard.
      client.send({ type: 'conversation.item.retrieve', item_id: itemId });
    });
    return client;
  },
};

/** What is not said stays as it was. */
function given(subject: 'memory' | 'recording', isGiven: boolean): Readonly<Record<string, 'given'>> {
  return isGiven ? { [subject]: 'given' } : {};
}
