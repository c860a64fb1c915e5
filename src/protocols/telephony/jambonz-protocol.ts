/**
 * jambonz's `listen` and FreeSWITCH's mod_audio_fork: a text message introduces the call, then 16-bit PCM in binary messages;
 * what is spoken goes back as binary messages, or as `playAudio` in JSON where the platform does not stream.
 *
 * `killAudio` empties what is queued; a mark comes back with `playout` when it was reached and with `cleared` when it was not.
 */
import { durationMs } from '../../audio/audio-frame.js';
import { AttuneError } from '../../core/errors.js';
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import { parseJsonObject } from '../json-object.js';
import type { WireMessage } from '../protocol.js';
import { LineInput, LineOutput } from './line-audio.js';
import { lineFormatOf } from './line-format.js';
import {
  checkedText,
  decoded,
  digitEvents,
  silencesAssistant,
  started,
  type PhoneEvent,
  type PhoneProtocol,
  type PhoneStart,
} from './phone-protocol.js';
import { SpokenMarks } from './spoken-marks.js';
import { numberAt, objectAt, textAt, textsOf, type WireObject } from './wire-object.js';

interface Line {
  readonly input: LineInput;
  readonly channelCount: number;
  readonly output: LineOutput;
  readonly outputRateHz: number;
}

const frameMs = 20;

export class JambonzProtocol implements PhoneProtocol {
  readonly name = 'jambonz';
  readonly #marks = new SpokenMarks();
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
    if (silencesAssistant(event)) {
      line.output.drop();
      if (!this.#marks.hasUnplayed) return [];
      this.#marks.flush();
      return [JSON.stringify({ type: 'killAudio' })];
    }
    switch (event.type) {
      case 'reply.clause':
        return this.#mark();
      case 'reply.audio': {
        const { samples, sampleRateHz } = event;
        this.#marks.send(event.itemId, durationMs({ samples, sampleRateHz }));
        return this.#sound(line, line.output.push(samples, sampleRateHz));
      }
      case 'reply.message.ended':
        if (event.item.status !== 'completed') return [];
        return [...this.#sound(line, line.output.flush()), ...this.#mark()];
      case 'emotion.estimated': {
        if (!event.final) return [];
        const { label, confidence, arousal, valence, dominance } = event.estimate;
        const data = { event: 'attune.emotion', label, confidence, arousal, valence, dominance, trend: event.trend };
        return [JSON.stringify({ type: 'json', data })];
      }
      case 'session.ended':
        line.output[Symbol.dispose]();
        return [JSON.stringify({ type: 'disconnect' })];
      default:
        return [];
    }
  }

  #sound({ outputRateHz }: Line, bytes: Uint8Array): readonly WireMessage[] {
    if (bytes.length === 0) return [];
    if (this.#query.get('audio') !== 'json') return [bytes];
    const audioContent = Buffer.from(bytes).toString('base64');
    return [
      JSON.stringify({ type: 'playAudio', data: { audioContentType: 'raw', sampleRate: outputRateHz, audioContent } }),
    ];
  }

  #mark(): readonly WireMessage[] {
    const name = this.#marks.next();
    return name === null ? [] : [JSON.stringify({ type: 'mark', data: { name } })];
  }

  #control(wire: WireObject): readonly PhoneEvent[] {
    // The introduction has no type of its own.
    if (!this.#line) {
      this.#begin(wire);
      return [];
    }
    const type = wire['type'] ?? wire['event'];
    if (type === 'mark') {
      const data = objectAt(wire, 'data');
      const played = this.#marks.returned(textAt(data, 'name') ?? '');
      return played === undefined || data['event'] === 'cleared' ? [] : [{ type: 'playback.reached', ...played }];
    }
    if (type === 'dtmf')
      return digitEvents(textAt(wire, 'dtmf', 'digit') ?? textAt(objectAt(wire, 'data'), 'digit') ?? '');
    return [];
  }

  #begin(wire: WireObject): void {
    const format = lineFormatOf('L16', numberAt(wire, 'sampleRate'));
    const outputRateHz = Number(this.#query.get('rate') ?? format.sampleRateHz);
    const channelCount = textAt(wire, 'mixType') === 'stereo' ? 2 : 1;
    const output = new LineOutput(lineFormatOf('L16', outputRateHz), { frameMs });
    this.#line = { input: new LineInput(format), channelCount, output, outputRateHz };
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
