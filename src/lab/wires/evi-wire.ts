/**
 * Hume's empathic voice interface as a caller speaks it: linear PCM in, whole WAV files out.
 */
import { encodePcm16 } from '../../audio/pcm16.js';
import { resampleAll } from '../../audio/resampler.js';
import { readWav } from '../../audio/wav-file.js';
import type { WireMessage } from '../../protocols/protocol.js';
import { readJsonMessage } from './json-message.js';
import type { CallerWire, ServerEvent, WireEvent, WireRead } from './caller-wire.js';

export class EviWire implements CallerWire {
  readonly name = 'Hume EVI';
  readonly sampleRateHz = 24_000;
  readonly isGapless = true;
  readonly tellsWords = true;
  readonly awaitsGreeting = true;

  headers(_url: string, apiKey: string | null): Readonly<Record<string, string>> {
    return apiKey === null ? {} : { 'X-Hume-Api-Key': apiKey };
  }

  hello(): readonly string[] {
    return [
      JSON.stringify({
        type: 'session_settings',
        audio: { encoding: 'linear16', sample_rate: this.sampleRateHz, channels: 1 },
      }),
    ];
  }

  frame(samples: Float32Array): readonly string[] {
    return [JSON.stringify({ type: 'audio_input', data: Buffer.from(encodePcm16(samples)).toString('base64') })];
  }

  skipFrame(): void {
    // The stream has no time of its own.
  }

  digit(): null {
    return null;
  }

  played(): readonly string[] {
    return [];
  }

  goodbye(): readonly string[] {
    return [];
  }

  read(wire: WireMessage): WireRead {
    const message = readJsonMessage(wire, 'type');
    return { message, events: this.#events(message), answers: [] };
  }

  #events(message: ServerEvent): readonly WireEvent[] {
    switch (message.type) {
      case 'chat_metadata':
        return [{ type: 'ready' }];
      case 'audio_output':
        return [{ type: 'audio', samples: this.#soundOf(String(message['data'])) }];
      case 'user_interruption':
        return [{ type: 'clear' }];
      case 'user_message':
        return message['interim'] === true ? [] : [{ type: 'understood', text: contentOf(message) }];
      case 'assistant_message':
        return [{ type: 'said', text: `${contentOf(message)} ` }];
      case 'assistant_end':
        return [{ type: 'reply-ended' }];
      case 'error':
        return [{ type: 'error', code: String(message['code']) }];
      default:
        return [];
    }
  }

  /** Each piece is a file of its own; its first channel counts. */
  #soundOf(base64: string): Float32Array {
    const { channels, sampleRateHz } = readWav(Buffer.from(base64, 'base64'), 'audio_output.data');
    return resampleAll(channels[0] ?? new Float32Array(0), {
      sourceRateHz: sampleRateHz,
      targetRateHz: this.sampleRateHz,
    });
  }
}

function contentOf(message: ServerEvent): string {
  const { content } = (message['message'] ?? {}) as { readonly content?: unknown };
  return typeof content === 'string' ? content : '';
}
