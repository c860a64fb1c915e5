/**
 * Media streams of Twilio and those in its manner: JSON text both ways, sound as base64.
 *
 * A mark follows each phrase; the platform returns it when the phrase was played, which is how the session knows what was
 * heard. On a barge-in the platform's queue is cleared, and marks that come back after that count for nothing.
 */
import type { ClientEvent, SessionEvent } from '../../session/events.js';
import { decodeBase64 } from '../base64-bytes.js';
import { parseJsonObject } from '../json-object.js';
import type { WireMessage } from '../protocol.js';
import { ChunkOrder, type OrderedChunk } from './chunk-order.js';
import { LineInput, LineOutput } from './line-audio.js';
import { lineFormatOf, type LineFormat } from './line-format.js';
import type { MediaStreamsDialect } from './media-streams-dialect.js';
import { AttuneError } from '../../core/errors.js';
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

interface Stream {
  readonly id: string;
  readonly format: LineFormat;
  readonly input: LineInput;
  readonly speech: MarkedSpeech;
}

interface Media {
  readonly bytes: Uint8Array;
  readonly timestampMs: number | null;
}

export class MediaStreamsProtocol implements PhoneProtocol {
  readonly name: string;
  readonly heldSound = 'paused';
  readonly #dialect: MediaStreamsDialect;
  readonly #order: ChunkOrder<Media> | null;
  #start: PhoneStart | null = null;
  #stream: Stream | undefined;

  constructor(dialect: MediaStreamsDialect) {
    this.name = dialect.name;
    this.#dialect = dialect;
    this.#order = dialect.reorders ? new ChunkOrder() : null;
  }

  get start(): PhoneStart | null {
    return this.#start;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return decoded(() => {
      if (typeof message !== 'string') throw new AttuneError('invalid_event', 'binary messages are not understood');
      return this.#eventsOf(parseJsonObject(checkedText(message)));
    });
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    const stream = this.#stream;
    if (!stream) return [];
    if (event.type === 'session.ended') stream.speech[Symbol.dispose]();
    return stream.speech.stepsOf(event).map((step) => JSON.stringify(this.#messageOf(step, stream)));
  }

  #messageOf(step: SpeechStep, { id, format }: Stream): object {
    switch (step.kind) {
      case 'clear':
        return this.#dialect.clear(id);
      case 'sound':
        return this.#dialect.media(id, Buffer.from(step.bytes).toString('base64'), format);
      case 'mark':
        return this.#dialect.mark(id, step.name);
    }
  }

  #eventsOf(wire: WireObject): readonly PhoneEvent[] {
    switch (wire['event']) {
      case 'start':
        this.#begin(wire);
        return [];
      case 'media':
        return this.#heard(started(this.#stream), objectAt(wire, 'media'));
      case 'dtmf':
        return digitEvents(textAt(objectAt(wire, 'dtmf'), 'digit') ?? '');
      case 'mark':
        return this.#played(textAt(objectAt(wire, 'mark'), 'name'));
      case 'playedStream':
        return this.#played(textAt(wire, 'name'));
      case 'stop':
        return [
          ...(this.#order?.flush() ?? []).flatMap((due) => this.#placed(started(this.#stream), due)),
          { type: 'hang-up', farewell: null },
        ];
      default:
        // `connected`, confirmations, errors, and what comes with later versions.
        return [];
    }
  }

  #begin(wire: WireObject): void {
    if (this.#stream) throw new AttuneError('invalid_event', 'the stream has started already');
    const start = objectAt(wire, 'start');
    const media = objectAt(start, 'mediaFormat', 'media_format');
    const encoding = textAt(media, 'encoding') ?? this.#dialect.usualEncoding;
    const format = lineFormatOf(encoding, numberAt(media, 'sampleRate', 'sample_rate'));
    const streamNames = ['streamSid', 'stream_sid', 'streamId', 'stream_id'] as const;
    this.#stream = {
      id: textAt(start, ...streamNames) ?? textAt(wire, ...streamNames) ?? '',
      format,
      input: new LineInput(format),
      speech: new MarkedSpeech(new LineOutput(format, { frameMs: this.#dialect.messageMs })),
    };
    this.#start = {
      callId: textAt(start, 'callSid', 'call_sid', 'callId', 'call_control_id') ?? this.#stream.id,
      parameters: textsOf(objectAt(start, 'customParameters', 'custom_parameters')),
      maySpeak: true,
    };
  }

  #heard(stream: Stream, media: WireObject): readonly PhoneEvent[] {
    const track = textAt(media, 'track') ?? 'inbound';
    if (!track.startsWith('inbound')) return [];
    const heard: Media = {
      bytes: decodeBase64(textAt(media, 'payload') ?? '', 'media.payload'),
      timestampMs: numberAt(media, 'timestamp') ?? null,
    };
    const chunkNumber = numberAt(media, 'chunk');
    if (!this.#order || chunkNumber === undefined) return this.#placed(stream, { chunk: heard, missingCount: 0 });
    return this.#order.push(chunkNumber, heard).flatMap((due) => this.#placed(stream, due));
  }

  #placed({ input, format }: Stream, { chunk, missingCount }: OrderedChunk<Media>): readonly PhoneEvent[] {
    const { bytes, timestampMs } = chunk;
    if (bytes.length === 0) return [];
    if (this.#order === null) return [{ type: 'audio', frame: input.decode(bytes, timestampMs) }];
    const bytesPerMs = (format.sampleRateHz * (format.encoding === 'l16' ? 2 : 1)) / 1000;
    if (missingCount > 0) input.skip((missingCount * bytes.length) / bytesPerMs);
    return [{ type: 'audio', frame: input.decode(bytes) }];
  }

  #played(name: string | undefined): readonly PhoneEvent[] {
    return name === undefined ? [] : (this.#stream?.speech.returned(name) ?? []);
  }
}
