/**
 * Hume's EVI, `/v0/evi/chat`. docs/protocols/evi.md says what its messages mean.
 *
 * An answer comes as messages, one a clause, each with sound of its own; here it is one item, by the id of its first message.
 * The protocol has no message that breaks an answer off: what comes of it after that has no effect, until it is over.
 */
import type { EviEvent } from './evi-event.js';
import type { ServerMessage } from './server-event.js';
import type { Settings } from './session-settings.js';
import type { ClientMessage, Wire, WireEffect } from './wire.js';
import { decodeWireWav, encodeWireAudio, wireSampleRateHz } from './wire-audio.js';

export class EviWire implements Wire {
  readonly subprotocol = 'evi';
  readonly greeting = 'chat_metadata';
  readonly defaults: Settings = {};
  #answer: { readonly itemId: string; isBrokenOff: boolean } | null = null;

  /** Asks for the words while they are spoken, and says what the sound will be. */
  address(url: URL): URL {
    const address = new URL(url);
    const query = {
      verbose_transcription: 'true',
      'session_settings[audio][encoding]': 'linear16',
      'session_settings[audio][sample_rate]': String(wireSampleRateHz),
      'session_settings[audio][channels]': '1',
    };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    return address;
  }

  effectsOf(message: ServerMessage): readonly WireEffect[] {
    const event = message as unknown as EviEvent;
    switch (event.type) {
      case 'assistant_message': {
        const { itemId, isBrokenOff } = this.#answerOf(event.id);
        return isBrokenOff ? [] : [{ type: 'clause', itemId, text: event.message.content }];
      }
      case 'audio_output': {
        const { itemId, isBrokenOff } = this.#answerOf(event.id);
        return isBrokenOff ? [] : [{ type: 'sound', itemId, ...decodeWireWav(event.data) }];
      }
      case 'assistant_end':
        return this.#over();
      case 'user_interruption':
        this.#answer = null;
        return [{ type: 'barge-in' }];
      case 'user_message':
        // What was going to be said before is not said any more, though nothing says so.
        return event.interim ? [] : this.#over();
      default:
        return [];
    }
  }

  begin(settings: Settings): readonly ClientMessage[] {
    return Object.keys(settings).length === 0 ? [] : [{ type: 'session_settings', ...settings }];
  }

  change(settings: Settings): ClientMessage {
    return { type: 'session_settings', ...settings };
  }

  audio(samples: Float32Array): ClientMessage {
    return { type: 'audio_input', data: encodeWireAudio(samples) };
  }

  text(text: string): readonly ClientMessage[] {
    return [{ type: 'user_input', text }];
  }

  breakOff(): readonly ClientMessage[] {
    if (this.#answer !== null) this.#answer.isBrokenOff = true;
    return [];
  }

  /** The server keeps count by itself. */
  heard(): readonly ClientMessage[] {
    return [];
  }

  reset(): void {
    this.#answer = null;
  }

  #answerOf(messageId: string): { readonly itemId: string; readonly isBrokenOff: boolean } {
    this.#answer ??= { itemId: messageId, isBrokenOff: false };
    return this.#answer;
  }

  #over(): readonly WireEffect[] {
    const answer = this.#answer;
    this.#answer = null;
    return answer === null || answer.isBrokenOff ? [] : [{ type: 'sound-over', itemId: answer.itemId }];
  }
}
