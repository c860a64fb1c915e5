/**
 * Calls on `/v0/evi/chat`: Hume's empathic voice interface, for clients that are looking for a server.
 */
import { randomUUID } from 'node:crypto';
import { EviProtocol } from '../protocols/evi/evi-protocol.js';
import { eviCredentialOf } from './auth.js';
import { newId, openSession, serveCall, type CallOptions, type OpenedCall } from './call.js';
import type { CallRequest, Endpoint } from './endpoint.js';

export function eviEndpoint(options: CallOptions): Endpoint {
  return {
    name: 'evi',
    path: '/v0/evi/chat',
    credentialOf: eviCredentialOf,
    subprotocols: [],
    serve: (transport, request, signal) =>
      serveCall(options, openCall(options, request), { transport, request, signal }),
  };
}

function openCall(options: CallOptions, request: CallRequest): OpenedCall {
  const { tenant, query } = request;
  const { clock } = options.abilities();
  const protocol = new EviProtocol({
    query,
    defaultPrompt: tenant.instructions,
    chatId: randomUUID(),
    chatGroupId: randomUUID(),
    requestId: request.id,
    wallTimeMs: () => clock.wallTimeMs(),
  });
  return { protocol, session: openSession(options, { id: newId('sess'), tenant, patch: protocol.initialSettings }) };
}
