/**
 * The Talk view over Hume's EVI: words, expression scores and replies.
 */
import { AttuneClient } from '../../client/attune-client.js';
import { afterEviEvent, type EviConversationEvent } from './evi-conversation.js';
import { callAddress, type TalkProtocol } from './talk-protocol.js';

export const eviTalk: TalkProtocol = {
  sessionOf({ voice, persona }) {
    // What is left out stays as it was; null takes a persona back.
    return { voice_id: voice, system_prompt: persona.trim() === '' ? null : persona.trim() };
  },

  openClient({ apiKey, settings, onChange }) {
    const client = new AttuneClient({
      url: callAddress('/v0/evi/chat'),
      protocol: 'evi',
      apiKey,
      session: eviTalk.sessionOf(settings),
    });
    const note = (event: EviConversationEvent): void => onChange((before) => afterEviEvent(before, event));
    for (const type of ['user_message', 'user_interruption', 'error'] as const) client.on(type, note);
    client.on('clause', (event) => note({ type: 'clause', ...event }));
    client.on('playback', (event) => note({ type: 'playback', ...event }));
    client.on('interrupted', (event) => note({ type: 'interrupted', ...event }));
    return client;
  },
};
