/**
 * Every wire protocol from the other side: what a client or a telephone platform sends, and what it makes of what it gets.
 *
 * One object per protocol and call. The flags say where the protocols differ; whatever is not a flag must hold for all.
 */
import { decodeMulaw, encodeAlaw, encodeMulaw } from '../../src/audio/g711.js';
import { decodePcm16, encodePcm16 } from '../../src/audio/pcm16.js';
import { EviProtocol } from '../../src/protocols/evi/evi-protocol.js';
import { OpenAiRealtimeProtocol } from '../../src/protocols/openai-realtime/openai-realtime-protocol.js';
import type { Protocol, WireMessage } from '../../src/protocols/protocol.js';
import { AsteriskWebSocketProtocol } from '../../src/protocols/telephony/asterisk-websocket-protocol.js';
import { encodeAudiosocketFrame } from '../../src/protocols/telephony/audiosocket-frames.js';
import { AudiosocketProtocol } from '../../src/protocols/telephony/audiosocket-protocol.js';
import { GenesysProtocol } from '../../src/protocols/telephony/genesys-protocol.js';
import { JambonzProtocol } from '../../src/protocols/telephony/jambonz-protocol.js';
import { mediaStreamsDialects } from '../../src/protocols/telephony/media-streams-dialect.js';
import { MediaStreamsProtocol } from '../../src/protocols/telephony/media-streams-protocol.js';
import { VonageProtocol } from '../../src/protocols/telephony/vonage-protocol.js';
import { wireSession } from './wire-session.js';

type Wire = Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any -- read by tests alone

export interface Platform {
  readonly name: string;
  /** Path and query; null for AudioSocket, which has a port of its own. */
  readonly path: string | null;
  readonly subprotocols: readonly string[];
  /** Of what it sends, and of what it is sent unless `soundOf` says otherwise. */
  readonly rateHz: number;
  /** The codec of one connection, for tests without a server. */
  readonly codec: () => Protocol;
  /** Says that what was queued is to be forgotten. False: sound is paced, so that stopping is enough. */
  readonly flushes: boolean;
  /** Has keys. */
  readonly keys: boolean;
  /** Confirms what it has played. */
  readonly marks: boolean;
  /** Tells of a message that it does not understand. */
  readonly tellsOfErrors: boolean;
  readonly hello: () => readonly WireMessage[];
  /** One piece of 20 ms. */
  readonly sound: (samples: Float32Array) => WireMessage;
  readonly key: (digit: string) => readonly WireMessage[];
  readonly leave: () => readonly WireMessage[];
  /** A message of a kind that nobody knows. */
  readonly unknown: () => WireMessage;
  /** The sound that a message carries; undefined when it carries none. */
  readonly soundOf: (message: WireMessage) => Float32Array | undefined;
  readonly isFlush: (message: WireMessage) => boolean;
  readonly isError: (message: WireMessage) => boolean;
  /** What it answers to a mark, or to anything that wants an answer. */
  readonly answerTo: (message: WireMessage) => readonly WireMessage[];
}

const text = (message: object): string => JSON.stringify(message);
const parsed = (message: WireMessage): Wire => (typeof message === 'string' ? (JSON.parse(message) as Wire) : {});
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (value: unknown): Uint8Array => Buffer.from(String(value), 'base64');

const common = {
  subprotocols: [],
  rateHz: 8_000,
  flushes: true,
  keys: true,
  marks: true,
  tellsOfErrors: false,
  isError: () => false,
  leave: () => [],
} as const;

function mediaStreams(name: keyof typeof mediaStreamsDialects, key: string): Platform {
  let chunk = 0;
  const streamId = `${name}-stream`;
  const parameters = { key };
  const l16 = name === 'exotel';
  const starts: Readonly<Record<typeof name, object>> = {
    twilio: {
      streamSid: streamId,
      callSid: 'CA1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: parameters,
    },
    telnyx: {
      call_control_id: 'v3:1',
      custom_parameters: parameters,
      media_format: { encoding: 'PCMA', sample_rate: 8000, channels: 1 },
    },
    plivo: { callId: 'P1', streamId, mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000 } },
    exotel: { stream_sid: streamId, call_sid: 'E1', media_format: { encoding: 'audio/x-raw', sample_rate: '8000' } },
  };
  const encode = { twilio: encodeMulaw, telnyx: encodeAlaw, plivo: encodeMulaw, exotel: encodePcm16 }[name];
  return {
    ...common,
    name,
    path: name === 'twilio' ? '/twilio/media' : `/${name}/media?key=${key}`,
    codec: () => new MediaStreamsProtocol(mediaStreamsDialects[name]),
    hello: () => {
      chunk = 0;
      return [
        text({ event: 'connected', version: '1.0.0' }),
        text({ event: 'start', stream_id: streamId, start: starts[name] }),
      ];
    },
    sound: (samples) => {
      chunk += 1;
      const media = {
        track: 'inbound',
        chunk: String(chunk),
        timestamp: String(chunk * 20),
        payload: base64(encode(samples)),
      };
      return text({ event: 'media', media });
    },
    key: (digit) => [text({ event: 'dtmf', dtmf: { digit } })],
    leave: () => [text({ event: 'stop', stop: {} })],
    unknown: () => text({ event: 'weather', sunny: true }),
    soundOf: (message) => {
      const { event, media } = parsed(message);
      if (event !== 'media' && event !== 'playAudio') return undefined;
      // A-law and μ-law are as loud when taken for each other; tests ask for no more.
      return l16 ? decodePcm16(bytesOf(media.payload)) : decodeMulaw(bytesOf(media.payload));
    },
    isFlush: (message) => ['clear', 'clearAudio'].includes(String(parsed(message)['event'])),
    answerTo: (message) => {
      const wire = parsed(message);
      if (wire['event'] === 'mark') return [text(wire)];
      return wire['event'] === 'checkpoint' ? [text({ event: 'playedStream', streamId, name: wire['name'] })] : [];
    },
  };
}

function audiosocket(): Platform {
  const frame = (kind: number, payload: Uint8Array): Uint8Array => encodeAudiosocketFrame(kind, payload);
  return {
    ...common,
    name: 'audiosocket',
    path: null,
    codec: () => new AudiosocketProtocol(),
    flushes: false,
    marks: false,
    hello: () => [frame(0x01, Buffer.from('40325ec25ecf4c4380ca8b2c9a1d2a11', 'hex'))],
    sound: (samples) => frame(0x10, encodePcm16(samples)),
    key: (digit) => [frame(0x03, Buffer.from(digit))],
    leave: () => [frame(0x00, new Uint8Array(0))],
    unknown: () => frame(0x42, Buffer.from('x')),
    soundOf: (message) =>
      typeof message !== 'string' && message[0] === 0x10 ? decodePcm16(message.slice(3)) : undefined,
    isFlush: () => false,
    answerTo: () => [],
  };
}

function asterisk(key: string): Platform {
  return {
    ...common,
    name: 'asterisk',
    path: `/asterisk/media?key=${key}`,
    subprotocols: ['media'],
    codec: () => new AsteriskWebSocketProtocol(new URLSearchParams()),
    hello: () => [
      text({
        event: 'MEDIA_START',
        connection_id: 'c1',
        channel_id: '1.1',
        format: 'ulaw',
        optimal_frame_size: 160,
        ptime: 20,
      }),
    ],
    sound: (samples) => encodeMulaw(samples),
    key: (digit) => [text({ event: 'DTMF_END', digit })],
    unknown: () => 'WEATHER sunny:true',
    soundOf: (message) => (typeof message === 'string' ? undefined : decodeMulaw(message)),
    isFlush: (message) => parsed(message)['command'] === 'FLUSH_MEDIA',
    answerTo: (message) => {
      const { command, correlation_id } = parsed(message);
      return command === 'MARK_MEDIA' ? [text({ event: 'MEDIA_MARK_PROCESSED', correlation_id })] : [];
    },
  };
}

function vonage(key: string): Platform {
  return {
    ...common,
    name: 'vonage',
    path: `/vonage/media?key=${key}`,
    rateHz: 16_000,
    codec: () => new VonageProtocol(),
    hello: () => [text({ event: 'websocket:connected', 'content-type': 'audio/l16;rate=16000', uuid: 'u1' })],
    sound: (samples) => encodePcm16(samples),
    key: (digit) => [text({ event: 'websocket:dtmf', digit, duration: 100 })],
    unknown: () => text({ event: 'websocket:weather' }),
    soundOf: (message) => (typeof message === 'string' ? undefined : decodePcm16(message.slice())),
    isFlush: (message) => parsed(message)['action'] === 'clear',
    answerTo: (message) => {
      const { action, payload } = parsed(message);
      return action === 'notify' ? [text({ event: 'websocket:notify', payload })] : [];
    },
  };
}

function jambonz(key: string): Platform {
  return {
    ...common,
    name: 'jambonz',
    path: `/jambonz/media?key=${key}`,
    subprotocols: ['audio.jambonz.org'],
    codec: () => new JambonzProtocol(new URLSearchParams()),
    hello: () => [text({ callSid: 'c1', sampleRate: 8000, mixType: 'mono' })],
    sound: (samples) => encodePcm16(samples),
    key: (digit) => [text({ event: 'dtmf', dtmf: digit })],
    unknown: () => text({ type: 'weather' }),
    soundOf: (message) => (typeof message === 'string' ? undefined : decodePcm16(message.slice())),
    isFlush: (message) => parsed(message)['type'] === 'killAudio',
    answerTo: (message) => {
      const { type, data } = parsed(message);
      return type === 'mark' ? [text({ type: 'mark', data: { name: data.name, event: 'playout' } })] : [];
    },
  };
}

function genesys(key: string): Platform {
  let seq = 0;
  const message = (type: string, parameters: object): string => {
    seq += 1;
    return text({ version: '2', type, seq, serverseq: 0, id: 'i1', position: 'PT0S', parameters });
  };
  const media = [{ type: 'audio', format: 'PCMU', channels: ['external'], rate: 8000 }];
  return {
    ...common,
    name: 'genesys',
    path: `/genesys/audiohook?key=${key}`,
    codec: () => new GenesysProtocol(new URLSearchParams()),
    // Tells only that it has played everything.
    marks: false,
    hello: () => {
      seq = 0;
      return [message('open', { organizationId: 'o', conversationId: 'c', media, inputVariables: {} })];
    },
    sound: (samples) => encodeMulaw(samples),
    key: (digit) => [message('dtmf', { digit })],
    leave: () => [message('close', { reason: 'end' })],
    unknown: () => message('weather', {}),
    soundOf: (received) => (typeof received === 'string' ? undefined : decodeMulaw(received)),
    isFlush: (received) => {
      const { type, parameters } = parsed(received);
      return type === 'event' && parameters.entities[0].type === 'barge_in';
    },
    answerTo: () => [],
  };
}

function openAi(): Platform {
  const format = { type: 'audio/pcmu' };
  return {
    ...common,
    name: 'openai-realtime',
    path: '/v1/realtime?model=attune',
    codec: () => {
      let ids = 0;
      const newId = (prefix: string): string => `${prefix}_${(ids += 1)}`;
      return new OpenAiRealtimeProtocol({
        session: wireSession,
        broughtSession: null,
        conversationId: 'conv_1',
        newId,
      });
    },
    keys: false,
    marks: false,
    tellsOfErrors: true,
    hello: () => [
      text({ type: 'session.update', session: { type: 'realtime', audio: { input: { format }, output: { format } } } }),
    ],
    sound: (samples) => text({ type: 'input_audio_buffer.append', audio: base64(encodeMulaw(samples)) }),
    key: () => [],
    unknown: () => text({ type: 'weather' }),
    soundOf: (message) => {
      const { type, delta } = parsed(message);
      return type === 'response.output_audio.delta' ? decodeMulaw(bytesOf(delta)) : undefined;
    },
    isFlush: (message) => parsed(message)['type'] === 'input_audio_buffer.speech_started',
    isError: (message) => parsed(message)['type'] === 'error',
    answerTo: () => [],
  };
}

function evi(key: string): Platform {
  return {
    ...common,
    name: 'evi',
    path: `/v0/evi/chat?api_key=${key}`,
    rateHz: 16_000,
    codec: () =>
      new EviProtocol({
        query: new URLSearchParams(),
        defaultPrompt: '',
        chatId: 'c1',
        chatGroupId: 'g1',
        requestId: 'r1',
        wallTimeMs: () => 0,
      }),
    keys: false,
    marks: false,
    tellsOfErrors: true,
    hello: () => [
      text({ type: 'session_settings', audio: { encoding: 'linear16', sample_rate: 16_000, channels: 1 } }),
    ],
    sound: (samples) => text({ type: 'audio_input', data: base64(encodePcm16(samples)) }),
    key: () => [],
    unknown: () => text({ type: 'weather' }),
    soundOf: (message) => {
      const { type, data } = parsed(message);
      return type === 'audio_output' ? decodePcm16(bytesOf(data).slice(44)) : undefined;
    },
    isFlush: (message) => parsed(message)['type'] === 'user_interruption',
    isError: (message) => parsed(message)['type'] === 'error',
    answerTo: () => [],
  };
}

/** Each counts its messages from its last `hello` on: one call at a time. */
export function platforms(key: string): readonly Platform[] {
  return [
    openAi(),
    evi(key),
    mediaStreams('twilio', key),
    mediaStreams('telnyx', key),
    mediaStreams('plivo', key),
    mediaStreams('exotel', key),
    audiosocket(),
    asterisk(key),
    vonage(key),
    jambonz(key),
    genesys(key),
  ];
}
