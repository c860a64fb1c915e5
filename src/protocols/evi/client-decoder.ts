/**
 * Messages of an EVI client to session events.
 *
 * Sound is taken for 16-bit PCM only once the settings say so. Before, it is what a browser records: WebM with Opus is
 * decoded, any other container refused by name, not heard as noise.
 */
import type { z } from 'zod';
import type { AudioFrame } from '../../audio/audio-frame.js';
import { opusSampleRateHz, type OpusPackets } from '../../audio/opus-packets.js';
import { Pcm16Decoder } from '../../audio/pcm16.js';
import { looksLikeWebm, WebmOpusDemuxer } from '../../audio/webm-opus-demuxer.js';
import { AttuneError, toAttuneError } from '../../core/errors.js';
import { ordinaryReply, type ClientEvent } from '../../session/events.js';
import { decodeBase64 } from '../base64-bytes.js';
import { parseJsonObject } from '../json-object.js';
import { ProtocolError, type WireMessage } from '../protocol.js';
import { parseWire } from '../wire-validation.js';
import type { ChatSettings } from './chat-settings.js';
import { clientMessages, isClientMessageType, type ClientMessageType } from './client-message.js';

type Message<T extends ClientMessageType> = z.infer<(typeof clientMessages)[T]>;
type DecodedEvent = ClientEvent extends infer E ? (E extends ClientEvent ? Omit<E, 'clientEventId'> : never) : never;

export interface EviDecoderOptions {
  /** Whether the caller said something while answers were paused. */
  readonly hasUnanswered: () => boolean;
  /** Decodes what browsers record; null when the chat began with `linear16`. */
  readonly opus: OpusPackets | null;
  /** Told of every JSON message that was understood. */
  readonly onUnderstood: (message: Readonly<Record<string, unknown>>) => void;
}

export class EviClientDecoder {
  readonly #settings: ChatSettings;
  readonly #options: EviDecoderOptions;
  #pcm = new Pcm16Decoder();
  #webm: WebmOpusDemuxer | undefined;
  #isRefused = false;
  #heardSamples = 0;

  constructor(settings: ChatSettings, options: EviDecoderOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  /** Throws ProtocolError. */
  decode(message: WireMessage): readonly ClientEvent[] {
    try {
      return this.#eventsIn(message).map((event) => ({ clientEventId: null, ...event }));
    } catch (error) {
      throw new ProtocolError(toAttuneError(error, 'invalid_event'), null);
    }
  }

  #eventsIn(message: WireMessage): readonly DecodedEvent[] {
    if (typeof message !== 'string') return this.#audio(message);
    const wire = parseJsonObject(message);
    const events = this.#eventsOf(wire);
    this.#options.onUnderstood(wire);
    return events;
  }

  #eventsOf(wire: Readonly<Record<string, unknown>>): readonly DecodedEvent[] {
    const { type } = wire;
    if (typeof type !== 'string')
      throw new AttuneError('missing_required_parameter', "Missing required parameter: 'type'.", { field: 'type' });
    if (!isClientMessageType(type))
      throw new AttuneError('invalid_event', `There is no message of type '${type.slice(0, 80)}'.`, { field: 'type' });
    const read = <T extends ClientMessageType>(name: T): Message<T> =>
      parseWire(clientMessages[name] as unknown as z.ZodType<Message<T>>, wire, '');
    switch (type) {
      case 'session_settings':
        return this.#changed(read(type));
      case 'audio_input':
        return this.#audio(decodeBase64(read(type).data, 'data'));
      case 'user_input':
        return this.#said(read(type).text);
      case 'assistant_input':
        return [{ type: 'reply.say', text: read(type).text }];
      case 'tool_response': {
        const { tool_call_id: callId, content } = read(type);
        return toolResult(callId, content);
      }
      case 'tool_error': {
        const { tool_call_id: callId, error, content } = read(type);
        return toolResult(callId, content ?? JSON.stringify({ error }));
      }
      case 'pause_assistant_message':
        return this.#paused(true);
      case 'resume_assistant_message': {
        const answers = this.#options.hasUnanswered()
          ? [{ type: 'reply.create', request: ordinaryReply } as const]
          : [];
        return [...this.#paused(false), ...answers];
      }
    }
  }

  #changed(settings: Message<'session_settings'>): readonly DecodedEvent[] {
    const before = this.#settings.audio;
    this.#settings.merge(settings);
    const after = this.#settings.audio;
    if (before?.sample_rate !== after?.sample_rate || before?.channels !== after?.channels) {
      const heardMs = (1000 * this.#heardSamples) / (before?.sample_rate ?? opusSampleRateHz);
      this.#pcm = new Pcm16Decoder();
      this.#heardSamples = Math.round((heardMs * (after?.sample_rate ?? opusSampleRateHz)) / 1000);
    }
    const { context } = settings;
    const aside: readonly DecodedEvent[] =
      context?.type === 'temporary'
        ? [{ type: 'item.create', item: { kind: 'message', role: 'system', text: context.text }, after: null }]
        : [];
    return [{ type: 'settings.update', patch: this.#settings.patch() }, ...aside];
  }

  #said(text: string): readonly DecodedEvent[] {
    const item: DecodedEvent = { type: 'item.create', item: { kind: 'message', role: 'user', text }, after: null };
    return this.#settings.isPaused ? [item] : [item, { type: 'reply.create', request: ordinaryReply, overtakes: true }];
  }

  #paused(isPaused: boolean): readonly DecodedEvent[] {
    this.#settings.isPaused = isPaused;
    return [{ type: 'settings.update', patch: this.#settings.patch() }];
  }

  #audio(bytes: Uint8Array): readonly DecodedEvent[] {
    const { audio } = this.#settings;
    if (!audio) return this.#recorded(bytes);
    const interleaved = this.#pcm.decode(bytes);
    const samples = audio.channels === 1 ? interleaved : mixedDown(interleaved);
    return [this.#framed(samples, audio.sample_rate)];
  }

  /**
   * A piece of what a browser records. What cannot be understood is refused once; then all of it is passed over until
   * another recording begins, or the settings say what it is.
   */
  #recorded(bytes: Uint8Array): readonly DecodedEvent[] {
    const { opus } = this.#options;
    if (looksLikeWebm(bytes)) {
      this.#webm = new WebmOpusDemuxer();
      this.#isRefused = false;
    }
    if (this.#isRefused) return [];
    try {
      if (this.#webm === undefined || opus === null) throw missingFormat(bytes);
      const samples = opus.decode(this.#webm.push(bytes));
      return samples.length === 0 ? [] : [this.#framed(samples, opusSampleRateHz)];
    } catch (error) {
      this.#webm = undefined;
      this.#isRefused = true;
      throw error;
    }
  }

  #framed(samples: Float32Array, sampleRateHz: number): DecodedEvent {
    const frame: AudioFrame = { samples, sampleRateHz, startSample: this.#heardSamples };
    this.#heardSamples += samples.length;
    return { type: 'audio', frame };
  }
}

/** The model reads the result and goes on. */
function toolResult(callId: string, output: string): readonly DecodedEvent[] {
  return [
    { type: 'item.create', item: { kind: 'tool-result', callId, output }, after: null },
    { type: 'reply.create', request: ordinaryReply },
  ];
}

/** Names what came instead, as far as its first bytes tell. */
function missingFormat(bytes: Uint8Array): AttuneError {
  const start = Buffer.from(bytes.subarray(0, 12));
  const kind =
    start.toString('latin1', 4, 8) === 'ftyp'
      ? 'MP4'
      : start.toString('latin1', 0, 4) === 'OggS'
        ? 'Ogg'
        : 'sound of an unstated format';
  return new AttuneError('invalid_value', `this is ${kind}; WebM with Opus and linear16 are understood`, {
    field: 'session_settings.audio',
    hint: 'Record audio/webm;codecs=opus, or send session_settings with audio {"encoding": "linear16", "sample_rate": 16000, "channels": 1} first.',
  });
}

function mixedDown(interleaved: Float32Array): Float32Array {
  return Float32Array.from(
    { length: Math.floor(interleaved.length / 2) },
    (_, index) => (interleaved[2 * index]! + interleaved[2 * index + 1]!) / 2,
  );
}
