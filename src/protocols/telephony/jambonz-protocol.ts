/**
 * jambonz's `listen` and FreeSWITCH's mod_audio_fork: a text message introduces the call, then 16-bit PCM in binary messages;
 * what is spoken goes back as binary messages, or as `playAudio` in JSON where the platform does not stream.
 *
 * `killAudio` empties what is queued; a mark comes back with `playout` when it was reached and with `cleared` when it was not.
 */
import { AttuneError } from '../../core/errors.js';
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import { parseJsonObject } from '../json-object.js';
import type { WireMessage } from '../protocol.js';
import { LineInput, LineOutput } from './line-audio.js';
import { lineFormatOf } from './line-format.js';
import { MarkedSpeech, type SpeechStep } from './marked-speech.js';
import {
  checkedText,
  decoded,
  digitEvents,
  started,
  type PhoneEvent,
  type PhoneProtocol,
  type PhoneStart,
} from './phone-protocol.js';
import { numberAt, objectAt, textAt, textsOf, type WireObject } from './wire-object.js';

interface Line {
  readonly input: LineInput;
  readonly channelCount: number;
  readonly speech: MarkedSpeech;
  readonly outputRateHz: number;
}

const frameMs = 20;

export class JambonzProtocol implements PhoneProtocol {
  readonly name = 'jambonz';
  readonly heldSound = 'paused';
  readonly #query: URLSearchParams;
  #start: PhoneStart | null = null;
  #line: Line | undefined;

  /** @param query `rate` of what is spoken, and `audio=json` where the platform does not stream. */
  constructor(query: URLSearchParams) {
    this.#query = query;
  }

  get start(): PhoneStart | null {
    return this.#start;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return decoded(() => {
      if (typeof message === 'string') return this.#control(parseJsonObject(checkedText(message)));
      const { input, channelCount } = started(this.#line);
      const bytes = channelCount === 2 ? firstChannel(message) : message;
      return bytes.length === 0 ? [] : [{ type: 'audio', frame: input.decode(bytes) }];
    });
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    const line = this.#line;
    if (!line) return [];
    switch (event.type) {
      case 'emotion.estimated': {
        if (!event.final) return [];
        const { label, confidence, arousal, valence, dominance } = event.estimate;
        const data = { event: 'attune.emotion', label, confidence, arousal, valence, dominance, trend: event.trend };
        return [JSON.stringify({ type: 'json', data })];
      }
      case 'call.held':
      case 'call.taken-back': {
        const messages = line.speech.stepsOf(event).map((step) => this.#messageOf(step, line));
        const data = { event: event.type === 'call.held' ? 'attune.call.held' : 'attune.call.taken_back' };
        return [...messages, JSON.stringify({ type: 'json', data })];
      }
      case 'tone.detected':
        return [JSON.stringify({ type: 'json', data: { event: 'attune.tone', tone: event.tone } })];
      case 'session.ended':
        line.speech[Symbol.dispose]();
        return [JSON.stringify({ type: 'disconnect' })];
      default:
        return line.speech.stepsOf(event).map((step) => this.#messageOf(step, line));
    }
  }

  #messageOf(step: SpeechStep, { outputRateHz }: Line): WireMessage {
    switch (step.kind) {
      case 'clear':
        return JSON.stringify({ type: 'killAudio' });
      case 'sound': {
        if (this.#query.get('audio') !== 'json') return step.bytes;
        const audioContent = Buffer.from(step.bytes).toString('base64');
        const data = { audioContentType: 'raw', sampleRate: outputRateHz, audioContent };
        return JSON.stringify({ type: 'playAudio', data });
      }
      case 'mark':
        return JSON.stringify({ type: 'mark', data: { name: step.name } });
    }
  }

  #control(wire: WireObject): readonly PhoneEvent[] {
    // The introduction has no type of its own.
    const line = this.#line;
    if (!line) {
      this.#begin(wire);
      return [];
    }
    const type = wire['type'] ?? wire['event'];
    if (type === 'mark') {
      const data = objectAt(wire, 'data');
      const played = line.speech.returned(textAt(data, 'name') ?? '');
      return data['event'] === 'cleared' ? [] : played;
    }
    if (type === 'dtmf')
      return digitEvents(textAt(wire, 'dtmf', 'digit') ?? textAt(objectAt(wire, 'data'), 'digit') ?? '');
    return [];
  }

  #begin(wire: WireObject): void {
    const format = lineFormatOf('L16', numberAt(wire, 'sampleRate'));
    const outputRateHz = Number(this.#query.get('rate') ?? format.sampleRateHz);
    const channelCount = textAt(wire, 'mixType') === 'stereo' ? 2 : 1;
    const speech = new MarkedSpeech(new LineOutput(lineFormatOf('L16', outputRateHz), { frameMs }));
    this.#line = { input: new LineInput(format), channelCount, speech, outputRateHz };
    const { rate: _rate, audio: _audio, key: _key, ...ofQuery } = Object.fromEntries(this.#query);
    const parameters = { ...ofQuery, ...textsOf(wire), ...textsOf(objectAt(wire, 'metadata', 'customerData')) };
    this.#start = { callId: textAt(wire, 'callSid', 'uuid') ?? '', parameters, maySpeak: true };
    if (format.sampleRateHz > 48_000) throw new AttuneError('AUDIO_RATE_UNSUPPORTED', 'the rate is too high');
  }
}

/** The caller is the first of two interleaved channels; the other one is whom they talk to. */
function firstChannel(bytes: Uint8Array): Uint8Array {
  const frames = Math.floor(bytes.length / 4);
  const first = new Uint8Array(frames * 2);
  for (let frame = 0; frame < frames; frame += 1) {
    first[2 * frame] = bytes[4 * frame]!;
    first[2 * frame + 1] = bytes[4 * frame + 1]!;
  }
  return first;
}
