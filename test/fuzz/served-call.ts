/**
 * A call as the server holds it, from its introduction to its close, with light stages in place of models and without a socket.
 *
 * The stages say this and that, use tools, fail now and then, and know nothing to say at other times.
 */
import { AttuneError } from '../../src/core/errors.js';
import type { Protocol, WireMessage } from '../../src/protocols/protocol.js';
import { AudiosocketFrames } from '../../src/protocols/telephony/audiosocket-frames.js';
import type { PhoneProtocol } from '../../src/protocols/telephony/phone-protocol.js';
import type { Access } from '../../src/server/access.js';
import { serveCall, type CallOptions } from '../../src/server/call.js';
import { CallControls } from '../../src/server/call-controls.js';
import { servePhone } from '../../src/server/phone-endpoint.js';
import type { Tenants } from '../../src/server/tenants.js';
import type { SessionEvent } from '../../src/session/events.js';
import { defaultSessionLimits } from '../../src/session/session-limits.js';
import { Session } from '../../src/session/session.js';
import { semanticTurnDetection } from '../../src/session/settings.js';
import { FakeAbilities, says, type AnswerScript, type HeardScript } from '../support/fake-abilities.js';
import type { FuzzRandom } from './fuzz-random.js';
import type { MemoryTransport } from '../support/memory-transport.js';

export interface ServedCallOptions {
  readonly protocol: Protocol;
  readonly isPhone: boolean;
  readonly transport: MemoryTransport;
  readonly random: FuzzRandom;
  readonly tenants: Tenants;
  readonly accessOf: (clock: FakeAbilities['clock']) => Access;
  readonly onEvent: (event: SessionEvent) => void;
}

export interface ServedCall {
  readonly fakes: FakeAbilities;
  /** Settles when the server is done with the call. */
  readonly served: Promise<void>;
}

/** A call cannot ask for more; whoever does has found a loop. */
const mostTurns = 64;

export function serveFuzzedCall(options: ServedCallOptions): ServedCall {
  const { protocol, isPhone, transport, random, tenants, accessOf, onEvent } = options;
  const fakes = new FakeAbilities({
    heard: Array.from({ length: mostTurns }, () => random.pick(heardScripts)),
    answers: Array.from({ length: mostTurns }, () => random.pick(answerScripts)),
  });
  if (random.chance(0.05)) fakes.voiceEmotionFailure = new AttuneError('QUEUE_FULL', 'no room');
  if (random.chance(0.05)) fakes.sentimentFailure = new AttuneError('QUEUE_FULL', 'no room');
  const calls: CallOptions = {
    controls: new CallControls(),
    comfortNoiseDbov: null,
    abilities: () => fakes.abilities,
    memory: () => null,
    recordedModels: () => [],
    limits: { ...defaultSessionLimits, maxItems: 40 },
    listener: () => null,
    observers: () => [onEvent],
  };
  const tenant = tenants.all[0]!;
  const { signal } = new AbortController();
  const request = { tenant, query: new URLSearchParams(), headers: {}, draining: signal };
  const greeting = random.chance(0.5) ? 'Good day to you.' : null;
  const tones = { fax: 'hang-up', beep: 'greet' } as const;
  if (isPhone) {
    const line = {
      name: protocol.name,
      path: '/',
      subprotocols: [],
      openProtocol: () => protocol as PhoneProtocol,
      transfer: () => undefined,
    };
    const phones = { calls, access: accessOf(fakes.clock), greeting, tones, holdSound: 'tone' as const };
    return { fakes, served: servePhone(phones, line, { transport, request, signal }) };
  }
  let ids = 0;
  const session = new Session({
    id: 'sess_fuzz',
    abilities: fakes.abilities,
    settings: {
      instructions: tenant.instructions,
      modality: 'audio',
      voice: tenant.voice,
      speed: 1,
      tools: [],
      toolChoice: 'auto',
      mayHangUp: true,
      mayTransfer: true,
      greeting,
      heldSound: 'paused',
      mayHold: true,
      holdSound: 'tone',
      tones,
      silence: { promptAfterMs: 2_000, prompts: 1 },
      maxOutputTokens: null,
      transcription: null,
      turnDetection: semanticTurnDetection,
      emotionEnabled: true,
      purpose: tenant.purpose,
      locale: tenant.locale,
      person: null,
      consent: {},
    },
    limits: calls.limits,
    // Guessable, unlike those of the server, so that recorded messages can name them.
    newId: (prefix) => `${prefix}_${(ids += 1)}`,
    emotionAllowed: true,
    purposeExempt: false,
    emotionNotice: null,
    speculates: true,
    memory: null,
    recordedModels: null,
    tenant: tenant.name,
  });
  return { fakes, served: serveCall(calls, { protocol, session }, { transport, request, signal }) };
}

/** Passes bytes on in other pieces than they came in, as TCP may, and as whole frames where there are any. */
export class ByteStream {
  readonly #frames = new AudiosocketFrames();
  #held: Uint8Array = new Uint8Array(0);

  push(message: WireMessage, random: FuzzRandom): readonly WireMessage[] {
    const all = Buffer.concat([this.#held, typeof message === 'string' ? Buffer.from(message) : message]);
    const sentBytes = random.chance(0.7) ? all.length : random.below(all.length + 1);
    this.#held = all.subarray(sentBytes);
    return this.#frames.push(all.subarray(0, sentBytes));
  }
}

const heardScripts: readonly HeardScript[] = [
  { partials: [{ afterMs: 60, text: 'what' }], final: 'what is the time' },
  { final: 'yes' },
  { final: '' },
  { partials: [{ afterMs: 30, text: 'stop' }], final: 'stop please' },
  { final: new AttuneError('STT_UNAVAILABLE', 'the recogniser is away') },
  { final: 'my number is one two three', shortened: new AttuneError('QUEUE_FULL', 'too long') },
];

const toolCall: AnswerScript = async function* () {
  yield { type: 'text', delta: 'One moment. ' };
  yield { type: 'tool-call', callId: 'call_1', name: 'weather', argumentsDelta: '{"city":' };
  yield { type: 'tool-call', callId: 'call_1', name: 'weather', argumentsDelta: '"Bonn"}' };
  yield { type: 'ended', reason: 'completed', usage: null };
};

const hangUp: AnswerScript = async function* () {
  yield { type: 'text', delta: 'Goodbye.' };
  yield { type: 'tool-call', callId: 'call_2', name: 'hang_up', argumentsDelta: '{}' };
  yield { type: 'ended', reason: 'completed', usage: null };
};

const failing: AnswerScript = async function* () {
  yield { type: 'text', delta: 'I would ' };
  throw new AttuneError('RESPONDER_FAILED', 'the language model is away');
};

const answerScripts: readonly AnswerScript[] = [
  says('It is five past nine.'),
  says('It was a long way home for the small grey cat. Nobody knew. It went on for hours, they say.'),
  says(''),
  toolCall,
  hangUp,
  failing,
];
