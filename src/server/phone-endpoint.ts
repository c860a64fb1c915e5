/**
 * Calls of telephone platforms, whichever format they speak: waits until the platform has introduced the call, then serves it.
 *
 * A key that comes with the introduction says whose call it is. Whoever does not introduce a call in time is closed with 1008.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { AttuneError, toAttuneError } from '../core/errors.js';
import { ProtocolError } from '../protocols/protocol.js';
import type { PhoneProtocol, PhoneStart } from '../protocols/telephony/phone-protocol.js';
import { phoneSettings } from '../protocols/telephony/phone-settings.js';
import type { ClientEvent } from '../session/events.js';
import type { SessionSettings, ToneReactions } from '../session/settings.js';
import { phoneCredentialOf } from './auth.js';
import { newId, openSession, serveCall, type CallOptions } from './call.js';
import type { CallRequest, Endpoint } from './endpoint.js';
import type { Access } from './access.js';
import type { Tenant } from './tenant.js';
import type { Transport } from './transport.js';

/** One way in. */
export interface PhoneLine {
  readonly path: string;
  readonly subprotocols: readonly string[];
  readonly openProtocol: (request: {
    readonly query: URLSearchParams;
    readonly headers: IncomingHttpHeaders;
  }) => PhoneProtocol;
  readonly name: string;
  /** As an endpoint has it; the key decides when it is left out. */
  readonly admit?: Endpoint['admit'];
  /** True: the introduction must bring a key. */
  readonly needsKey?: () => boolean;
  /** Puts a caller through to a person after the session has ended; without it no call is handed over. */
  readonly transfer?: (callId: string) => void;
}

export interface PhoneOptions {
  readonly calls: CallOptions;
  /** For keys that come with the introduction. */
  readonly access: Access;
  /** Said first; null lets the caller begin. */
  readonly greeting: string | null;
  /** What is done about a fax and the beep of an answering machine. */
  readonly tones: ToneReactions;
  /** What callers on hold hear. */
  readonly holdSound: SessionSettings['holdSound'];
}

const introductionTimeoutMs = 10_000;
const mostMessagesBefore = 8;

export function phoneEndpoint(options: PhoneOptions, line: PhoneLine): Endpoint {
  return {
    name: line.name,
    path: line.path,
    credentialOf: phoneCredentialOf,
    subprotocols: line.subprotocols,
    ...(line.admit ? { admit: line.admit } : {}),
    serve: (transport, request, signal) => servePhone(options, line, { transport, request, signal }),
  };
}

export async function servePhone(
  options: PhoneOptions,
  line: PhoneLine,
  connection: {
    readonly transport: Transport;
    readonly request: Pick<CallRequest, 'tenant' | 'query' | 'headers' | 'draining'>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { transport, request, signal } = connection;
  const { calls, greeting, tones, holdSound } = options;
  const protocol = line.openProtocol(request);
  const messages = transport.messages[Symbol.asyncIterator]();
  const introduction = await introduced(protocol, messages, { calls, transport });
  if (introduction === null) return;
  let brought: Brought;
  try {
    brought = broughtWith(introduction.start, { options, line, request });
  } catch (error) {
    await transport.close(1008, toAttuneError(error, 'INTERNAL').code);
    return;
  }
  const { tenant, endCall } = brought;
  const notice = tenant.emotionEnabled ? tenant.emotionNotice : null;
  const mayTransfer = line.transfer !== undefined;
  const patch = { ...phoneSettings(introduction.start, { greeting, notice, tones, holdSound }), mayTransfer };
  const session = openSession(calls, { id: newId('sess'), tenant, patch });
  for (const event of introduction.events) await session.accept(event);
  const observed: CallOptions = {
    ...calls,
    observers: (call) => [
      ...calls.observers(call),
      (event) => {
        if (event.type === 'call.transferred') line.transfer?.(introduction.start.callId);
      },
    ],
  };
  const rest: Transport = {
    messages: { [Symbol.asyncIterator]: () => messages },
    send: (message) => transport.send(message),
    close: (code, reason) => transport.close(code, reason),
  };
  try {
    await serveCall(observed, { protocol, session }, { transport: rest, request: { ...request, tenant }, signal });
  } finally {
    endCall();
  }
}

interface Introduction {
  readonly start: PhoneStart;
  /** What came with it. */
  readonly events: readonly ClientEvent[];
}

/** Null when the connection ended, or was ended, before the call was introduced. */
async function introduced(
  protocol: PhoneProtocol,
  messages: AsyncIterator<Parameters<PhoneProtocol['decode']>[0]>,
  { calls, transport }: { readonly calls: CallOptions; readonly transport: Transport },
): Promise<Introduction | null> {
  const { clock, metrics } = calls.abilities();
  const refuse = async (error: AttuneError): Promise<null> => {
    metrics.count('calls_failed_total', { code: error.code });
    await transport.close(1008, error.code);
    return null;
  };
  let lateness: Promise<unknown> | undefined;
  const timer = clock.after(introductionTimeoutMs, () => {
    lateness = refuse(new AttuneError('DEADLINE_EXCEEDED', 'the call was not introduced in time'));
  });
  try {
    for (let count = 0; count < mostMessagesBefore; count += 1) {
      const next = await messages.next();
      if (next.done) return null;
      const events = protocol.decode(next.value);
      if (protocol.start !== null) return { start: protocol.start, events };
    }
    return await refuse(new AttuneError('invalid_event', 'the call was not introduced'));
  } catch (error) {
    return await refuse(error instanceof ProtocolError ? error.cause : toAttuneError(error, 'INTERNAL'));
  } finally {
    timer.cancel();
    await lateness;
  }
}

interface Brought {
  readonly tenant: Tenant;
  readonly endCall: () => void;
}

/** Throws UNAUTHORIZED, KEY_SCOPE_MISSING or RATE_LIMITED. */
function broughtWith(
  { parameters: { key } }: PhoneStart,
  {
    options: { access },
    line,
    request,
  }: { readonly options: PhoneOptions; readonly line: PhoneLine; readonly request: Pick<CallRequest, 'tenant'> },
): Brought {
  if (key === undefined && !line.needsKey?.()) return { tenant: request.tenant, endCall: () => undefined };
  const grant = access.grantFor(key, {}, 'talk');
  return { tenant: grant.key.tenant, endCall: access.beginCall(grant.key) };
}
