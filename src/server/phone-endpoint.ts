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
  /** What happens with an introduced call; it is answered as the server's options have it unless said. */
  readonly serve?: (call: IntroducedCall) => Promise<void>;
}

/** A call that its platform has introduced, with the tenant whose call it is. */
export interface IntroducedCall extends Introduction {
  readonly protocol: PhoneProtocol;
  /** The messages that came after the introduction. */
  readonly transport: Transport;
  readonly request: Pick<CallRequest, 'tenant' | 'query' | 'headers' | 'draining'>;
  readonly signal: AbortSignal;
  /** Null where no call is handed over. */
  readonly transfer: (() => void) | null;
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
  const { calls } = options;
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
  const rest: Transport = {
    messages: { [Symbol.asyncIterator]: () => messages },
    send: (message) => transport.send(message),
    close: (code, reason) => transport.close(code, reason),
  };
  const { transfer, serve = (call: IntroducedCall) => answerCall(options, call) } = line;
  try {
    await serve({
      ...introduction,
      protocol,
      transport: rest,
      request: { ...request, tenant: brought.tenant },
      signal,
      transfer: transfer === undefined ? null : () => transfer(introduction.start.callId),
    });
  } finally {
    brought.endCall();
  }
}

async function answerCall(options: PhoneOptions, call: IntroducedCall): Promise<void> {
  const { calls, greeting, tones, holdSound } = options;
  const { start, events, protocol, request, transfer } = call;
  const { tenant } = request;
  const defaults = { greeting, notice: noticeOf(tenant), tones, holdSound };
  const { heldSound } = protocol;
  const patch = { ...phoneSettings(start, defaults), heldSound, mayTransfer: transfer !== null };
  const session = openSession(calls, { id: newId('sess'), tenant, patch });
  for (const event of events) await session.accept(event);
  await serveCall(observingTransfer(calls, transfer), { protocol, session }, call);
}

/** What people who can only hear must be told by voice; null where no emotion is inferred. */
export function noticeOf({ emotionEnabled, emotionNotice }: Tenant): string | null {
  return emotionEnabled ? emotionNotice : null;
}

/** The same options, with calls that a person takes over put through. */
export function observingTransfer(calls: CallOptions, transfer: IntroducedCall['transfer']): CallOptions {
  return {
    ...calls,
    observers: (call) => [
      ...calls.observers(call),
      (event) => {
        if (event.type === 'call.transferred') transfer?.();
      },
    ],
  };
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
