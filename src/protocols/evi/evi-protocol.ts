/**
 * Hume's empathic voice interface over one WebSocket (`/v0/evi/chat`): JSON text both ways, sound as base64.
 *
 * Pure: no socket, no timer, no session. docs/protocols/evi.md says what is supported.
 */
import type { OpusPackets } from '../../audio/opus-packets.js';
import { toAttuneError, type AttuneError } from '../../core/errors.js';
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import type { SettingsPatch, TurnDetection } from '../../session/settings.js';
import type { Protocol, WireMessage } from '../protocol.js';
import { ChatSettings, settingsOfQuery } from './chat-settings.js';
import { EviClientDecoder } from './client-decoder.js';
import type { WireChatSettings } from './client-message.js';
import { EviServerEncoder, type EviMessage } from './server-encoder.js';

export interface EviOptions {
  readonly query: URLSearchParams;
  /** The system prompt of clients that bring none. */
  readonly defaultPrompt: string;
  readonly chatId: string;
  readonly chatGroupId: string;
  readonly requestId: string;
  /** Of the stored configuration that the chat has; the query's settings come on top. */
  readonly configured?: WireChatSettings;
  /** How its turns end and what interrupts; by words and melody unless said. */
  readonly turnDetection?: TurnDetection;
  /** What about the query counts for nothing; told first thing. */
  readonly fault?: AttuneError | null;
  /** Decodes what browsers record; null or absent for chats that begin with `linear16`. */
  readonly opus?: OpusPackets | null;
  /** Told of every message to the client, and of every message from it that was understood. */
  readonly onSent?: (message: EviMessage) => void;
  readonly onUnderstood?: (message: Readonly<Record<string, unknown>>) => void;
  /** Milliseconds since the epoch. */
  readonly wallTimeMs: () => number;
}

export class EviProtocol implements Protocol {
  readonly name = 'evi';
  readonly #settings: ChatSettings;
  readonly #decoder: EviClientDecoder;
  readonly #encoder: EviServerEncoder;
  readonly #onSent: (message: EviMessage) => void;

  constructor(options: EviOptions) {
    this.#settings = new ChatSettings(options.defaultPrompt, options.turnDetection);
    if (options.configured) this.#settings.merge(options.configured);
    let fault = options.fault ?? null;
    try {
      this.#settings.merge(settingsOfQuery(options.query));
    } catch (error) {
      fault ??= toAttuneError(error, 'invalid_value');
    }
    this.#encoder = new EviServerEncoder({
      ...options,
      settings: this.#settings,
      fault,
      verboseTranscription: options.query.get('verbose_transcription') === 'true',
    });
    this.#decoder = new EviClientDecoder(this.#settings, {
      hasUnanswered: () => this.#encoder.hasUnanswered,
      opus: options.opus ?? null,
      onUnderstood: options.onUnderstood ?? (() => undefined),
    });
    this.#onSent = options.onSent ?? (() => undefined);
  }

  /** What the query means for the call. */
  get initialSettings(): SettingsPatch {
    return this.#settings.patch();
  }

  /** What the client calls its session; null when it does not. */
  get customSessionId(): string | null {
    return this.#settings.customSessionId;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return this.#decoder.decode(message);
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    return this.#encoder.encode(event).map((message) => {
      this.#onSent(message);
      return JSON.stringify(message);
    });
  }
}
