/**
 * Calls on `/v1/realtime`: the OpenAI Realtime API.
 */
import { OpenAiRealtimeProtocol } from '../protocols/openai-realtime/openai-realtime-protocol.js';
import type { WireSessionDefaults } from '../protocols/openai-realtime/session-object.js';
import { credentialOf } from './auth.js';
import { newId, openSession, serveCall, type CallOptions, type OpenedCall } from './call.js';
import type { CallRequest, Endpoint } from './endpoint.js';
import type { Tenant } from './tenant.js';

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

/** The session that a call of this tenant begins with, as its client sees it. */
export function realtimeSessionOf(
  tenant: Tenant,
  { nowMs, maxSessionMs }: { readonly nowMs: number; readonly maxSessionMs: number },
): WireSessionDefaults {
  return {
    id: newId('sess'),
    model: 'attune',
    voice: tenant.voice,
    locale: tenant.locale,
    emotion: tenant.emotionEnabled,
    purpose: tenant.purpose,
    instructions: tenant.instructions,
    expiresAtS: Math.floor((nowMs + maxSessionMs) / 1000),
    type: 'realtime',
  };
}

function openCall(options: CallOptions, request: CallRequest): OpenedCall {
  const { tenant, broughtSession, query } = request;
  const nowMs = options.abilities().clock.wallTimeMs();
  const session = realtimeSessionOf(tenant, { nowMs, maxSessionMs: options.limits.maxSessionMs });
  const isTranscription = (query.get('intent') ?? broughtSession?.['type']) === 'transcription';
  const protocol = new OpenAiRealtimeProtocol({
    session: {
      ...session,
      model: query.get('model') ?? session.model,
      type: isTranscription ? 'transcription' : 'realtime',
    },
    broughtSession,
    conversationId: newId('conv'),
    newId,
  });
  return { protocol, session: openSession(options, { id: session.id, tenant, patch: protocol.initialSettings }) };
}
