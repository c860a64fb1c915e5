/**
 * Asterisk's chan_websocket: media as binary messages, control as text, in JSON or, as older versions have it, in plain words.
 *
 * Asterisk keeps the time and has a flush, so sound goes at once, in whole frames: the tail of one that is not whole is thrown
 * away. A command may not be longer than 128 bytes. Marks are returned once what was before them has been played.
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

interface Media {
  readonly input: LineInput;
  readonly speech: MarkedSpeech;
  /** True when Asterisk talks JSON, and is to be talked to in it. */
  readonly isJson: boolean;
}

const usualPtimeMs = 20;

export class AsteriskWebSocketProtocol implements PhoneProtocol {
  readonly name = 'asterisk';
  readonly heldSound = 'paused';
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
    if (event.type === 'session.ended') {
      media.speech[Symbol.dispose]();
      return [command(media, 'HANGUP')];
    }
    return media.speech.stepsOf(event).map((step) => messageOf(step, media));
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
      case 'MEDIA_MARK_PROCESSED':
        return this.#media?.speech.returned(textAt(wire, 'correlation_id') ?? '') ?? [];
      default:
        // MEDIA_XOFF comes at 18 s of queued sound; the session sends a fraction of a second ahead.
        return [];
    }
  }

  #begin(wire: WireObject, isJson: boolean): void {
    if (this.#media) throw new AttuneError('invalid_event', 'the media has started already');
    const format = lineFormatOf(textAt(wire, 'format') ?? '');
    const frameMs = Math.min(200, Math.max(10, numberAt(wire, 'ptime') ?? usualPtimeMs));
    const speech = new MarkedSpeech(new LineOutput(format, { frameMs }));
    this.#media = { input: new LineInput(format), speech, isJson };
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

function messageOf(step: SpeechStep, media: Media): WireMessage {
  switch (step.kind) {
    case 'clear':
      return command(media, 'FLUSH_MEDIA');
    case 'sound':
      return step.bytes;
    case 'mark':
      return command(media, 'MARK_MEDIA', step.name);
  }
}
