/**
 * Calls on `/v0/evi/chat`: Hume's empathic voice interface, for clients that are looking for a server.
 */
import { OpusPackets } from '../../audio/opus-packets.js';
import { eviCredentialOf } from '../auth.js';
import type { CallOptions } from '../call.js';
import type { Endpoint } from '../endpoint.js';
import { EviChat, type EviParts } from './evi-chat.js';

export function eviEndpoint(calls: CallOptions, parts: EviParts): Endpoint {
  return {
    name: 'evi',
    path: '/v0/evi/chat',
    credentialOf: eviCredentialOf,
    // For pages, whose key goes as another: a browser wants one that it offered to be answered.
    subprotocols: ['evi'],
    async serve(transport, request, signal) {
      // Of the sound that browsers record, unless the client says it sends none of it.
      const isLinear = request.query.has('session_settings[audio][encoding]');
      using opus = isLinear ? null : await OpusPackets.open();
      const chat = await EviChat.begin({ calls, parts, request, opus, telephone: null });
      const echo = (message: string): Promise<void> => transport.send(message);
      await chat.serve({ wire: chat.protocol, settings: {}, events: [], echo }, { transport, request, signal });
    },
  };
}
