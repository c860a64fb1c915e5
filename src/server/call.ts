/**
 * The length of a call: ties a transport, a protocol and a session together, whichever protocol it is.
 *
 * Messages in and events out run side by side in one scope; whichever ends first ends the other. A message that cannot be
 * decoded is answered by an error event and the call goes on.
 */
import { randomBytes } from 'node:crypto';
import { modelSampleRateHz } from '../audio/audio-frame.js';
import type { AttuneError } from '../core/errors.js';
import { isCancelled, toAttuneError } from '../core/errors.js';
import type { AudioFrame } from '../audio/audio-frame.js';
import { Scope } from '../core/scope.js';
import { ComfortNoise } from '../dsp/comfort-noise.js';
import type { EmotionalMemory } from '../memory/emotional-memory.js';
import type { Abilities } from '../pipeline/abilities.js';
import type { RecordedModel } from '../pipeline/turn-record.js';
import { ProtocolError, type Protocol, type WireMessage } from '../protocols/protocol.js';
import { releasesAssistant, silencesAssistant, type NewItem, type SessionEvent } from '../session/events.js';
import { Session } from '../session/session.js';
import type { SessionLimits } from '../session/session-limits.js';
import { semanticTurnDetection, type SessionSettings, type SettingsPatch } from '../session/settings.js';
import type { CallControls } from './call-controls.js';
import type { CallRequest } from './endpoint.js';
import { PacedSender } from './paced-sender.js';
import { SessionTelemetry } from './session-telemetry.js';
import type { Tenant } from './tenant.js';
import type { Transport } from './transport.js';

/** What every endpoint needs to make a call of a connection. */
export interface CallOptions {
  /** Asked for once per call. */
  readonly abilities: () => Abilities;
  /** Null when nothing is kept beyond a call. */
  readonly memory: () => EmotionalMemory | null;
  /** What turns are recorded with, for tenants that record. */
  readonly recordedModels: () => readonly RecordedModel[];
  readonly limits: SessionLimits;
  /** Level of the noise in pauses, on lines whose sound is paced; null for none. */
  readonly comfortNoiseDbov: number | null;
  /** Where others than the client find the call. */
  readonly controls: CallControls;
  /** Asked once per call for those who watch it; they are told of everything the client is told of. */
  readonly observers: (call: {
    readonly callId: string;
    readonly tenant: string;
    readonly protocol: string;
  }) => readonly ((event: SessionEvent) => void)[];
  /** Asked once per call, after its observers, for who hears the caller's sound besides the session; null for nobody. */
  readonly listener: (callId: string) => ((frame: AudioFrame) => void) | null;
}

export interface OpenedCall {
  readonly protocol: Protocol;
  readonly session: Session;
}

/** Runs a call to its end and closes the transport: with 1000, with 1012 while draining, 1013 or 1011 after a failure. */
export async function serveCall(
  options: CallOptions,
  { protocol, session }: OpenedCall,
  connection: {
    readonly transport: Transport;
    readonly request: Pick<CallRequest, 'tenant' | 'draining'>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { transport, request, signal } = connection;
  const { metrics, logger, clock } = options.abilities();
  const telemetry = new SessionTelemetry({ sessionId: session.id, protocol: protocol.name, metrics, logger });
  const observers = options.observers({ callId: session.id, tenant: request.tenant.name, protocol: protocol.name });
  const hear = options.listener(session.id);
  let failure: AttuneError | null = null;
  let hasEnded = false;
  const scope = new Scope(`call ${session.id}`, (_label, error) => {
    failure ??= toAttuneError(error, 'INTERNAL');
    session.end(null);
  });
  const sender = new PacedSender({
    transport,
    clock,
    frameMs: protocol.pacedFrameMs,
    filler: comfortNoiseOf(protocol, options.comfortNoiseDbov),
    onFailure: (error) => {
      if (!isCancelled(error)) failure ??= toAttuneError(error, 'INTERNAL');
      session.end(null);
    },
  });
  const leaveControls = options.controls.enter({
    callId: session.id,
    tenant: request.tenant.name,
    accept: (event) => session.accept(event),
  });
  const onEnd = (): void => session.end(null);
  const onDraining = (): void => scope.spawn('drain', () => session.drain());
  signal.addEventListener('abort', onEnd, { once: true });
  request.draining.addEventListener('abort', onDraining, { once: true });
  if (request.draining.aborted) onDraining();
  scope.spawn('receive', async () => {
    await receive(transport, sender, { protocol, session, hear });
    session.end(null);
  });
  try {
    for await (const event of session.events) {
      telemetry.note(event);
      hasEnded ||= event.type === 'session.ended';
      for (const observe of observers) observe(event);
      if (event.type === 'session.ended' && event.error?.code !== 'SERVER_DRAINING') failure ??= event.error;
      if (silencesAssistant(event)) sender.dropSound();
      else if (event.type === 'reply.held') sender.hold();
      else if (releasesAssistant(event)) sender.release();
      for (const message of protocol.encode(event))
        await sender.send(message, carriesSound(event) ? 'sound' : 'message');
    }
  } finally {
    leaveControls();
    sender.close();
    signal.removeEventListener('abort', onEnd);
    request.draining.removeEventListener('abort', onDraining);
    await session[Symbol.asyncDispose]();
    // The receiving task ends with the transport's messages, which end when the transport is closed.
    await transport.close(closeCodeOf(failure, request), failure === null ? '' : failure.code);
    await scope[Symbol.asyncDispose]();
    telemetry.close();
    // The codec, which lets go of its filters, and those who watch hear of the end also when the client was gone before.
    if (!hasEnded) {
      protocol.encode(lostEnd);
      for (const observe of observers) observe(lostEnd);
    }
  }
}

/** A session with what holds for the tenant, changed by what the client brought along. */
export function openSession(
  options: CallOptions,
  {
    id,
    tenant,
    patch,
    history = [],
  }: {
    readonly id: string;
    readonly tenant: Tenant;
    readonly patch: SettingsPatch;
    readonly history?: readonly NewItem[];
  },
): Session {
  const base: SessionSettings = {
    instructions: tenant.instructions,
    modality: 'audio',
    voice: tenant.voice,
    speed: 1,
    tools: [],
    toolChoice: 'auto',
    mayHangUp: false,
    mayTransfer: false,
    greeting: null,
    silence: null,
    tones: null,
    mayHold: false,
    holdSound: 'none',
    maxOutputTokens: null,
    heldSound: 'played',
    transcription: null,
    turnDetection: semanticTurnDetection,
    emotionEnabled: tenant.emotionEnabled,
    purpose: tenant.purpose,
    locale: tenant.locale,
    person: null,
    consent: {},
  };
  return new Session({
    id,
    abilities: options.abilities(),
    limits: options.limits,
    settings: { ...base, ...patch },
    newId,
    emotionAllowed: tenant.emotionEnabled,
    purposeExempt: tenant.purposeExempt,
    emotionNotice: tenant.emotionNotice,
    speculates: tenant.speculates,
    memory: options.memory(),
    recordedModels: tenant.recordsTurns ? options.recordedModels() : null,
    tenant: tenant.name,
    history,
  });
}

/** 120 bits of chance, in the style of the API that most clients know. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(15).toString('base64url')}`;
}

/** Of a call whose client was not there any more to be told. */
const lostEnd: SessionEvent = { type: 'session.ended', error: null };

/** Frames of noise as the protocol writes them; null where sound is not paced. */
function comfortNoiseOf(protocol: Protocol, levelDbov: number | null): (() => readonly WireMessage[]) | null {
  const { pacedFrameMs } = protocol;
  if (pacedFrameMs === undefined || levelDbov === null) return null;
  const noise = new ComfortNoise({ levelDbov, seed: randomBytes(4).readUInt32LE() });
  const sampleCount = (pacedFrameMs * modelSampleRateHz) / 1000;
  return () =>
    protocol.encode({ type: 'line.audio', samples: noise.next(sampleCount), sampleRateHz: modelSampleRateHz });
}

/** What is encoded on these events is sound; at the end of a message, the rest of it. */
function carriesSound(event: SessionEvent): boolean {
  return event.type === 'reply.audio' || event.type === 'reply.message.ended' || event.type === 'line.audio';
}

function closeCodeOf(failure: AttuneError | null, request: Pick<CallRequest, 'draining'>): number {
  if (failure === null || failure.code === 'session_expired') return request.draining.aborted ? 1012 : 1000;
  return failure.code === 'SLOW_CONSUMER' ? 1013 : 1011;
}

/** Reads until the client leaves. A failure of the transport itself (too large, too slow) is thrown on. */
async function receive(
  transport: Transport,
  sender: PacedSender,
  { protocol, session, hear }: OpenedCall & { readonly hear: ((frame: AudioFrame) => void) | null },
): Promise<void> {
  try {
    for await (const message of transport.messages) {
      try {
        const events = protocol.decode(message);
        for (const answer of protocol.takeAnswers?.() ?? []) await sender.send(answer, 'message');
        for (const event of events) {
          if (event.type === 'audio') hear?.(event.frame);
          await session.accept(event);
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        session.refuse(error.cause, error.clientEventId);
      }
    }
  } catch (error) {
    if (!isCancelled(error)) throw error;
  }
}
