/**
 * Asterisk's chan_websocket: media as binary messages, control as text, in JSON or, as older versions have it, in plain words.
 *
 * Asterisk keeps the time and has a flush, so sound goes at once, in whole frames: the tail of one that is not whole is thrown
 * away. A command may not be longer than 128 bytes. Marks are returned once what was before them has been played.
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

interface Media {
  readonly input: LineInput;
  readonly output: LineOutput;
  /** True when Asterisk talks JSON, and is to be talked to in it. */
  readonly isJson: boolean;
}

const usualPtimeMs = 20;

export class AsteriskWebSocketProtocol implements PhoneProtocol {
  readonly name = 'asterisk';
  readonly #marks = new SpokenMarks();
  readonly #parameters: Readonly<Record<string, string>>;
  #start: PhoneStart | null = null;
  #media: Media | undefined;

  /** @param query what the address of the connection says about the call. */
  constructor(query: URLSearchParams) {
    this.#parameters = Object.fromEntries([...query].filter(([name]) => name !== 'key'));
  }

  get start(): PhoneStart | null {
    return this.#start;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return decoded(() => {
      if (typeof message === 'string') return this.#control(checkedText(message).trim());
      const { input } = started(this.#media);
      return message.length === 0 ? [] : [{ type: 'audio', frame: input.decode(message) }];
    });
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    const media = this.#media;
    if (!media) return [];
    if (silencesAssistant(event)) {
      media.output.drop();
      if (!this.#marks.hasUnplayed) return [];
      this.#marks.flush();
      return [command(media, 'FLUSH_MEDIA')];
    }
    switch (event.type) {
      case 'reply.clause':
        return this.#mark(media);
      case 'reply.audio': {
        const { samples, sampleRateHz } = event;
        this.#marks.send(event.itemId, durationMs({ samples, sampleRateHz }));
        return sound(media.output.push(samples, sampleRateHz));
      }
      case 'reply.message.ended':
        if (event.item.status !== 'completed') return [];
        return [...sound(media.output.flush()), ...this.#mark(media)];
      case 'session.ended':
        media.output[Symbol.dispose]();
        return [command(media, 'HANGUP')];
      default:
        return [];
    }
  }

  #mark(media: Media): readonly WireMessage[] {
    const name = this.#marks.next();
    return name === null ? [] : [command(media, 'MARK_MEDIA', name)];
  }

  #control(message: string): readonly PhoneEvent[] {
    const isJson = message.startsWith('{');
    const wire = isJson ? parseJsonObject(message) : plainEvent(message);
    switch (wire['event']) {
      case 'MEDIA_START':
        this.#begin(wire, isJson);
        return [];
      case 'DTMF_END':
        return digitEvents(textAt(wire, 'digit') ?? '');
      case 'MEDIA_MARK_PROCESSED': {
        const played = this.#marks.returned(textAt(wire, 'correlation_id') ?? '');
        return played === undefined ? [] : [{ type: 'playback.reached', ...played }];
      }
      default:
        // MEDIA_XOFF comes at 18 s of queued sound; the session sends a fraction of a second ahead.
        return [];
    }
  }

  #begin(wire: WireObject, isJson: boolean): void {
    if (this.#media) throw new AttuneError('invalid_event', 'the media has started already');
    const format = lineFormatOf(textAt(wire, 'format') ?? '');
    const frameMs = Math.min(200, Math.max(10, numberAt(wire, 'ptime') ?? usualPtimeMs));
    this.#media = { input: new LineInput(format), output: new LineOutput(format, { frameMs }), isJson };
    this.#start = {
      callId: textAt(wire, 'channel_id', 'connection_id') ?? '',
      parameters: { ...textsOf(objectAt(wire, 'channel_variables')), ...this.#parameters },
      maySpeak: true,
    };
  }
}

/** `NAME key:value key:value`, as versions before the JSON have it. */
function plainEvent(message: string): WireObject {
  const [event = '', ...pairs] = message.split(/\s+/u);
  const fields = pairs.slice(0, 64).map((pair) => {
    const at = pair.indexOf(':');
    return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)] as const;
  });
  return { ...Object.fromEntries(fields), event };
}

function command({ isJson }: Media, name: string, correlationId?: string): string {
  if (!isJson) return correlationId === undefined ? name : `${name} ${correlationId}`;
  return JSON.stringify({ command: name, ...(correlationId === undefined ? {} : { correlation_id: correlationId }) });
}

function sound(bytes: Uint8Array): readonly WireMessage[] {
  return bytes.length === 0 ? [] : [bytes];
}
