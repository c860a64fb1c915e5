/**
 * The OpenAI Realtime API as a caller speaks it, in PCM at 24 kHz or μ-law at 8 kHz.
 *
 * A server that shows Attune's own settings is told that this caller pauses when asked to; any other is not sent what it
 * would refuse.
 */
import { decodeMulaw, encodeMulaw } from '../../audio/g711.js';
import { decodePcm16, encodePcm16 } from '../../audio/pcm16.js';
import type { WireMessage } from '../../protocols/protocol.js';
import { readJsonMessage } from './json-message.js';
import type { CallerWire, ServerEvent, WireEvent, WireRead } from './caller-wire.js';

export interface RealtimeWireOptions {
  /** 24 kHz PCM by default. */
  readonly codec?: 'pcm' | 'mulaw';
  /** Sent as `session.update` once the session is there; the formats are added. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** True by default: pauses when a server of Attune asks for it. False: as clients that know the API alone. */
  readonly pauses?: boolean;
}

/** The rate of the API's PCM. */
export const pcmSampleRateHz = 24_000;

/** What a caller of the laboratory asks for: the words it was understood by, and a server that takes turns by itself. */
const defaultSession = {
  type: 'realtime',
  audio: { input: { transcription: { model: 'attune' }, turn_detection: { type: 'semantic_vad' } } },
};

export class RealtimeWire implements CallerWire {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly isGapless = true;
  readonly tellsWords = true;
  readonly awaitsGreeting = true;
  readonly #isMulaw: boolean;
  readonly #session: Readonly<Record<string, unknown>>;
  readonly #pauses: boolean;

  constructor({ codec = 'pcm', session = defaultSession, pauses = true }: RealtimeWireOptions = {}) {
    this.#pauses = pauses;
    this.#isMulaw = codec === 'mulaw';
    this.name = this.#isMulaw ? 'OpenAI Realtime, μ-law' : 'OpenAI Realtime, PCM';
    this.sampleRateHz = this.#isMulaw ? 8_000 : pcmSampleRateHz;
    this.#session = this.#isMulaw ? withFormat(session, { type: 'audio/pcmu' }) : session;
  }

  headers(_url: string, apiKey: string | null): Readonly<Record<string, string>> {
    return apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` };
  }

  hello(): readonly string[] {
    return [];
  }

  frame(samples: Float32Array): readonly string[] {
    const bytes = this.#isMulaw ? encodeMulaw(samples) : encodePcm16(samples);
    return [JSON.stringify({ type: 'input_audio_buffer.append', audio: Buffer.from(bytes).toString('base64') })];
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
    const isNew = message.type === 'session.created';
    return {
      message,
      events: isNew ? [{ type: 'ready' }] : this.#events(message),
      answers: isNew ? [JSON.stringify({ type: 'session.update', session: this.#sessionFor(message) })] : [],
    };
  }

  #sessionFor(created: ServerEvent): Readonly<Record<string, unknown>> {
    const offered = created['session'] as { readonly attune?: object } | undefined;
    if (!this.#pauses || offered?.attune === undefined) return this.#session;
    return { ...this.#session, attune: { ...(this.#session['attune'] as object | undefined), holds: true } };
  }

  #events(message: ServerEvent): readonly WireEvent[] {
    switch (message.type) {
      case 'response.output_audio.delta': {
        const bytes = Buffer.from(String(message['delta']), 'base64');
        return [{ type: 'audio', samples: this.#isMulaw ? decodeMulaw(bytes) : decodePcm16(bytes) }];
      }
      case 'input_audio_buffer.speech_started':
        return [{ type: 'clear' }];
      case 'attune.hold':
        return [{ type: 'pause' }];
      case 'attune.resume':
        return [{ type: 'resume' }];
      case 'conversation.item.input_audio_transcription.completed':
        return [{ type: 'understood', text: String(message['transcript']) }];
      case 'response.output_audio_transcript.delta':
        return [{ type: 'said', text: String(message['delta']) }];
      case 'response.done':
        return [{ type: 'reply-ended' }];
      case 'error':
        return [{ type: 'error', code: String((message['error'] as { readonly code?: unknown } | undefined)?.code) }];
      default:
        return [];
    }
  }
}

function withFormat(
  session: Readonly<Record<string, unknown>>,
  format: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const audio = (session['audio'] ?? {}) as { readonly input?: object; readonly output?: object };
  return { ...session, audio: { ...audio, input: { ...audio.input, format }, output: { ...audio.output, format } } };
}
