/**
 * One call on a session with scripted abilities: says, waits and keeps what the client would be told.
 *
 * Time passes only with `hear` and `pass`; everything that can happen at an instant has happened when they return.
 */
import type { Test } from 'tap';
import { AttuneError } from '../../src/core/errors.js';
import type { EmotionalMemory } from '../../src/memory/emotional-memory.js';
import type { ClientEvent, NewItem, SessionEvent } from '../../src/session/events.js';
import type { RecordedModel } from '../../src/pipeline/turn-record.js';
import { defaultSessionLimits, type SessionLimits } from '../../src/session/session-limits.js';
import { Session } from '../../src/session/session.js';
import type { SessionSettings, TurnDetection } from '../../src/session/settings.js';
import type { FakeAbilities } from './fake-abilities.js';

const windowMs = 32;
const windowSamples = 512;

/** A turn ends after ten windows of silence. */
export const tenWindows: TurnDetection = {
  type: 'silence',
  threshold: 0.5,
  prefixPaddingMs: 0,
  silenceDurationMs: 320,
  idleTimeoutMs: null,
  createReply: true,
  interruptReply: true,
};

const settings: SessionSettings = {
  instructions: 'Be brief.',
  modality: 'audio',
  voice: 'fake',
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
  transcription: { language: null, hotwords: [] },
  turnDetection: tenWindows,
  emotionEnabled: true,
  purpose: 'unspecified',
  locale: 'en-US',
  person: null,
  consent: {},
};

export interface SessionCallOptions {
  readonly settings?: Partial<SessionSettings>;
  readonly limits?: Partial<SessionLimits>;
  readonly emotionAllowed?: boolean;
  readonly purposeExempt?: boolean;
  readonly emotionNotice?: string | null;
  readonly speculates?: boolean;
  readonly memory?: EmotionalMemory;
  readonly recordedModels?: readonly RecordedModel[];
  /** False: nobody reads the events until `read`. */
  readonly reads?: boolean;
}

type WithoutId<E> = E extends ClientEvent ? Omit<E, 'clientEventId'> : never;
type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

export class SessionCall {
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  readonly #fakes: FakeAbilities;
  #startSample = 0;
  #ids = 0;
  #sent = 0;

  constructor(t: Test, fakes: FakeAbilities, options: SessionCallOptions = {}) {
    this.#fakes = fakes;
    this.session = new Session({
      id: 'sess_test',
      abilities: fakes.abilities,
      settings: { ...settings, ...options.settings },
      limits: { ...defaultSessionLimits, ...options.limits },
      newId: (prefix) => `${prefix}_${(this.#ids += 1)}`,
      emotionAllowed: options.emotionAllowed ?? true,
      purposeExempt: options.purposeExempt ?? false,
      emotionNotice: options.emotionNotice ?? null,
      speculates: options.speculates ?? false,
      memory: options.memory ?? null,
      recordedModels: options.recordedModels ?? null,
      tenant: 'default',
    });
    if (options.reads !== false) void this.read();
    t.teardown(() => this.session[Symbol.asyncDispose]());
  }

  /** Resolves when the session has ended and everything was read. */
  async read(): Promise<void> {
    for await (const event of this.session.events) this.events.push(event);
  }

  get types(): readonly SessionEvent['type'][] {
    return this.events.map((event) => event.type);
  }

  of<T extends SessionEvent['type']>(type: T, from = 0): readonly EventOf<T>[] {
    return this.events.slice(from).filter((event): event is EventOf<T> => event.type === type);
  }

  /** The event types without repetitions in a row; clauses, sound and text left out. */
  get story(): readonly string[] {
    const told = this.types.filter((type) => !['reply.clause', 'reply.audio', 'reply.text'].includes(type));
    return told.filter((type, index) => type !== told[index - 1]);
  }

  /** Sound of that speech probability, a window at a time, as live speech comes; rounded up to windows. */
  async hear(probability: number, durationMs: number): Promise<void> {
    for (let heardMs = 0; heardMs < durationMs; heardMs += windowMs) {
      const frame = {
        samples: new Float32Array(windowSamples).fill(probability),
        sampleRateHz: 16_000,
        startSample: this.#startSample,
      };
      this.#startSample += windowSamples;
      await this.send({ type: 'audio', frame });
      await this.pass(windowMs);
    }
  }

  /** A whole spoken turn: speech, then the silence that ends it. */
  async say(speechMs = 960): Promise<void> {
    await this.hear(0.9, speechMs);
    await this.hear(0, 320);
  }

  /** Time without sound from the caller. */
  async pass(durationMs: number): Promise<void> {
    for (let left = durationMs; left > 0; left -= 20) {
      await this.#fakes.clock.advance(Math.min(20, left));
      for (let turn = 0; turn < 5; turn += 1) await this.#fakes.clock.settle();
    }
  }

  async send(event: WithoutId<ClientEvent>): Promise<string> {
    const clientEventId = `client_${(this.#sent += 1)}`;
    await this.session.accept({ clientEventId, ...event });
    for (let turn = 0; turn < 5; turn += 1) await this.#fakes.clock.settle();
    return clientEventId;
  }

  async type(text: string): Promise<void> {
    const item: NewItem = { kind: 'message', role: 'user', text };
    await this.send({ type: 'item.create', item, after: null });
  }

  /** What the session's history holds of an item. */
  async textOf(itemId: string): Promise<string | null> {
    const from = this.events.length;
    await this.send({ type: 'item.retrieve', itemId });
    const item = this.of('item.retrieved', from)[0]?.item;
    if (item?.kind !== 'message') throw new AttuneError('INVARIANT_BROKEN', `no message ${itemId}`);
    return item.text;
  }

  /** Id of the latest message of the assistant. */
  get spokenItemId(): string {
    return this.of('reply.message.started').at(-1)?.itemId ?? '';
  }
}
