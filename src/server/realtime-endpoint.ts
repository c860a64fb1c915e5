/**
 * Calls on `/v1/realtime`: the OpenAI Realtime API.
 */
import { OpenAiRealtimeProtocol } from '../protocols/openai-realtime/openai-realtime-protocol.js';
import { credentialOf } from './auth.js';
import { newId, openSession, serveCall, type CallOptions, type OpenedCall } from './call.js';
import type { CallRequest, Endpoint } from './endpoint.js';

export function realtimeEndpoint(options: CallOptions): Endpoint {
  return {
    name: 'openai-realtime',
    path: '/v1/realtime',
    credentialOf,
    subprotocols: ['realtime'],
    serve: (transport, request, signal) =>
      serveCall(options, openCall(options, request), { transport, request, signal }),
  };
}

function openCall(options: CallOptions, request: CallRequest): OpenedCall {
  const { tenant } = request;
  const { clock } = options.abilities();
  const id = newId('sess');
  const protocol = new OpenAiRealtimeProtocol({
    session: {
      id,
      model: request.query.get('model') ?? 'attune',
      voice: tenant.voice,
      locale: tenant.locale,
      emotion: tenant.emotionEnabled,
      purpose: tenant.purpose,
      instructions: tenant.instructions,
      expiresAtS: Math.floor((clock.wallTimeMs() + options.limits.maxSessionMs) / 1000),
      type: request.query.get('intent') === 'transcription' ? 'transcription' : 'realtime',
    },
    conversationId: newId('conv'),
    newId,
  });
  return { protocol, session: openSession(options, { id, tenant, patch: protocol.initialSettings }) };
}
