/**
 * The OpenAI Realtime API with Attune's events, `/v1/realtime`. docs/protocols/openai-realtime.md says what its messages mean.
 */
import type { ServerEvents, ServerMessage } from './server-event.js';
import type { Settings } from './session-settings.js';
import type { ClientMessage, Wire, WireEffect } from './wire.js';
import { decodeWireAudio, encodeWireAudio, wireSampleRateHz } from './wire-audio.js';

export class RealtimeWire implements Wire {
  readonly subprotocol = 'realtime';
  readonly greeting = 'session.created';
  readonly defaults: Settings = {
    type: 'realtime',
    audio: { input: { transcription: { model: 'attune' }, turn_detection: { type: 'semantic_vad' } } },
    attune: { holds: true },
  };
  #activeResponse: string | null = null;

  address(url: URL): URL {
    return url;
  }

  effectsOf(message: ServerMessage): readonly WireEffect[] {
    const event = message as ServerEvents[keyof ServerEvents];
    switch (event.type) {
      case 'response.created':
        this.#activeResponse = event.response.id;
        return [];
      case 'response.done':
        if (this.#activeResponse === event.response.id) this.#activeResponse = null;
        return [];
      case 'attune.clause':
        return [{ type: 'clause', itemId: event.item_id, text: event.text }];
      case 'response.output_audio.delta': {
        const samples = decodeWireAudio(event.delta);
        return [{ type: 'sound', itemId: event.item_id, samples, sampleRateHz: wireSampleRateHz }];
      }
      case 'response.output_audio.done':
        return [{ type: 'sound-over', itemId: event.item_id }];
      case 'attune.hold':
        return [{ type: 'pause' }];
      case 'attune.resume':
        return [{ type: 'resume' }];
      case 'input_audio_buffer.speech_started':
        return [{ type: 'barge-in' }];
      default:
        return [];
    }
  }

  begin(settings: Settings): readonly ClientMessage[] {
    return [{ type: 'session.update', session: settings }];
  }

  change(settings: Settings, all: Settings): ClientMessage {
    return { type: 'session.update', session: { ...settings, type: all['type'] } };
  }

  audio(samples: Float32Array): ClientMessage {
    return { type: 'input_audio_buffer.append', audio: encodeWireAudio(samples) };
  }

  text(text: string): readonly ClientMessage[] {
    const content = [{ type: 'input_text', text }];
    return [
      { type: 'conversation.item.create', item: { type: 'message', role: 'user', content } },
      { type: 'response.create' },
    ];
  }

  breakOff(): readonly ClientMessage[] {
    return this.#activeResponse === null ? [] : [{ type: 'response.cancel' }];
  }

  heard({ itemId, audioEndMs }: { readonly itemId: string; readonly audioEndMs: number }): readonly ClientMessage[] {
    return [{ type: 'conversation.item.truncate', item_id: itemId, content_index: 0, audio_end_ms: audioEndMs }];
  }

  reset(): void {
    this.#activeResponse = null;
  }
}
