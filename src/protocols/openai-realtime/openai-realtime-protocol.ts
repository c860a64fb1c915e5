/**
 * The OpenAI Realtime API (GA) over one WebSocket: JSON text both ways.
 *
 * Pure: no socket, no timer, no session. See docs/protocols/openai-realtime.md for what is supported and the vendor events.
 */
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import type { SettingsPatch } from '../../session/settings.js';
import type { Protocol, WireMessage } from '../protocol.js';
import { ClientDecoder } from './client-decoder.js';
import { ServerEncoder } from './server-encoder.js';
import { initialSession, mergeSession, settingsOf, type WireSessionDefaults } from './session-object.js';

export interface OpenAiRealtimeOptions {
  readonly session: WireSessionDefaults;
  /** What the client stated of the session before it connected; null for nothing. */
  readonly broughtSession: Readonly<Record<string, unknown>> | null;
  readonly conversationId: string;
  /** A new id with the given prefix, for the events. */
  readonly newId: (prefix: string) => string;
}

export class OpenAiRealtimeProtocol implements Protocol {
  readonly name = 'openai-realtime';
  readonly #decoder: ClientDecoder;
  readonly #encoder: ServerEncoder;
  readonly #newId: (prefix: string) => string;

  /** Throws as `mergeSession` for a brought session that does not fit. */
  constructor(options: OpenAiRealtimeOptions) {
    this.#newId = options.newId;
    const initial = initialSession(options.session);
    const { broughtSession } = options;
    this.#decoder = new ClientDecoder(broughtSession === null ? initial : mergeSession(initial, broughtSession));
    this.#encoder = new ServerEncoder({ session: () => this.#decoder.session, conversationId: options.conversationId });
  }

  /** What the initial session object means for the call. */
  get initialSettings(): SettingsPatch {
    return settingsOf(this.#decoder.session);
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return this.#decoder.decode(message);
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    return this.#encoder.encode(event).map((wire) => JSON.stringify({ event_id: this.#newId('event'), ...wire }));
  }
}
