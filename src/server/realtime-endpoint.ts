/**
 * One connection on `/v1/realtime`: ties a transport, the OpenAI codec and a session together for the length of a call.
 *
 * Messages in and events out run side by side in one scope; whichever ends first ends the other. A message that cannot be
 * decoded is answered by an error event and the call goes on.
 */
import { randomBytes } from 'node:crypto';
import { isCancelled, toAttuneError, type AttuneError } from '../core/errors.js';
import type { ErrorCode } from '../core/error-catalogue.js';
import { Scope } from '../core/scope.js';
import type { Abilities } from '../pipeline/abilities.js';
import { OpenAiRealtimeProtocol } from '../protocols/openai-realtime/openai-realtime-protocol.js';
import { ProtocolError, type Protocol } from '../protocols/protocol.js';
import { Session } from '../session/session.js';
import type { SessionLimits } from '../session/session-limits.js';
import { semanticTurnDetection, type SessionSettings } from '../session/settings.js';
import type { Transport } from './transport.js';

export interface CallDefaults {
  readonly instructions: string;
  readonly voice: string;
  readonly locale: string;
  /** False when the operator has switched emotion inference off for everybody. */
  readonly emotionEnabled: boolean;
  readonly emotionNotice: string | null;
}

export interface RealtimeCallOptions {
  readonly transport: Transport;
  /** Query of the upgrade request. */
  readonly query: URLSearchParams;
  readonly abilities: Abilities;
  readonly limits: SessionLimits;
  readonly defaults: CallDefaults;
}

/** A call in progress, as the server sees it. */
export interface Call {
  readonly id: string;
  /** Settles when the connection is closed and everything of the call has ended. Never rejects. */
  readonly done: Promise<void>;
  /** Lets the reply in progress finish, then ends the call. */
  drain(): Promise<void>;
}

const closeCodes: Partial<Record<ErrorCode, number>> = {
  SERVER_DRAINING: 1012,
  SLOW_CONSUMER: 1013,
  session_expired: 1000,
};

export function startRealtimeCall(options: RealtimeCallOptions): Call {
  const { abilities, defaults, limits, query } = options;
  const id = newId('sess');
  const protocol = new OpenAiRealtimeProtocol({
    session: {
      id,
      model: query.get('model') ?? 'attune',
      voice: defaults.voice,
      locale: defaults.locale,
      emotion: defaults.emotionEnabled,
      instructions: defaults.instructions,
      expiresAtS: Math.floor((abilities.clock.wallTimeMs() + limits.maxSessionMs) / 1000),
      type: query.get('intent') === 'transcription' ? 'transcription' : 'realtime',
    },
    conversationId: newId('conv'),
    newId,
  });
  const base: SessionSettings = {
    instructions: defaults.instructions,
    modality: 'audio',
    voice: defaults.voice,
    speed: 1,
    tools: [],
    toolChoice: 'auto',
    maxOutputTokens: null,
    transcription: null,
    turnDetection: semanticTurnDetection,
    emotionEnabled: defaults.emotionEnabled,
    locale: defaults.locale,
  };
  const session = new Session({
    id,
    abilities,
    limits,
    settings: { ...base, ...protocol.initialSettings },
    newId,
    emotionAllowed: defaults.emotionEnabled,
    emotionNotice: defaults.emotionNotice,
  });
  return { id, done: connect(options, protocol, session), drain: () => session.drain() };
}

async function connect(options: RealtimeCallOptions, protocol: Protocol, session: Session): Promise<void> {
  const { transport, abilities } = options;
  const { logger, metrics, clock } = abilities;
  const startedAtMs = clock.nowMs();
  metrics.count('calls_started_total', { protocol: protocol.name });
  logger.info('call started', { callId: session.id, protocol: protocol.name });
  let failure: AttuneError | null = null;
  const scope = new Scope(`call ${session.id}`, (label, error) => {
    failure = toAttuneError(error, 'INTERNAL');
    logger.error('the connection failed', {
      callId: session.id,
      task: label,
      code: failure.code,
      error: failure.message,
    });
  });
  scope.spawn('receive', async () => {
    await receive(transport, protocol, session);
    session.end(null);
  });
  try {
    for await (const event of session.events) {
      if (event.type === 'session.ended') failure ??= event.error;
      for (const message of protocol.encode(event)) await transport.send(message);
    }
  } catch (error) {
    if (!isCancelled(error)) failure = toAttuneError(error, 'CONNECTION_FAILED');
  }
  await session[Symbol.asyncDispose]();
  const ended = failure as AttuneError | null;
  await transport.close(ended === null ? 1000 : (closeCodes[ended.code] ?? 1011), ended?.code ?? 'done');
  await scope[Symbol.asyncDispose]();
  metrics.count('calls_ended_total', { protocol: protocol.name, code: ended?.code ?? 'done' });
  metrics.observe('call_duration_s', (clock.nowMs() - startedAtMs) / 1000);
  logger.info('call ended', { callId: session.id, code: ended?.code ?? 'done' });
}

/** Reads until the client leaves. A failure of the transport itself (too large, too slow) is thrown on. */
async function receive(transport: Transport, protocol: Protocol, session: Session): Promise<void> {
  try {
    for await (const message of transport.messages) {
      try {
        for (const event of protocol.decode(message)) await session.accept(event);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        session.refuse(error.cause, error.clientEventId);
      }
    }
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
}

/** 120 bits of chance, in the API's style. */
function newId(prefix: string): string {
  return `${prefix}_${randomBytes(15).toString('base64url')}`;
}
