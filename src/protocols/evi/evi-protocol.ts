/**
 * Hume's empathic voice interface over one WebSocket (`/v0/evi/chat`): JSON text both ways, sound as base64.
 *
 * Pure: no socket, no timer, no session. docs/protocols/evi.md says what is supported.
 */
import { toAttuneError, type AttuneError } from '../../core/errors.js';
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import type { SettingsPatch } from '../../session/settings.js';
import type { Protocol, WireMessage } from '../protocol.js';
import { ChatSettings, settingsOfQuery } from './chat-settings.js';
import { EviClientDecoder } from './client-decoder.js';
import { EviServerEncoder } from './server-encoder.js';

export interface EviOptions {
  readonly query: URLSearchParams;
  /** The system prompt of clients that bring none. */
  readonly defaultPrompt: string;
  readonly chatId: string;
  readonly chatGroupId: string;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly wallTimeMs: () => number;
}

export class EviProtocol implements Protocol {
  readonly name = 'evi';
  readonly #settings: ChatSettings;
  readonly #decoder: EviClientDecoder;
  readonly #encoder: EviServerEncoder;

  constructor(options: EviOptions) {
    this.#settings = new ChatSettings(options.defaultPrompt);
    let settingsFault: AttuneError | null = null;
    try {
      this.#settings.merge(settingsOfQuery(options.query));
    } catch (error) {
      settingsFault = toAttuneError(error, 'invalid_value');
    }
    this.#encoder = new EviServerEncoder({
      ...options,
      settings: this.#settings,
      settingsFault,
      verboseTranscription: options.query.get('verbose_transcription') === 'true',
    });
    this.#decoder = new EviClientDecoder(this.#settings, () => this.#encoder.hasUnanswered);
  }

  /** What the query means for the call. */
  get initialSettings(): SettingsPatch {
    return this.#settings.patch();
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return this.#decoder.decode(message);
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    return this.#encoder.encode(event).map((message) => JSON.stringify(message));
  }
}
