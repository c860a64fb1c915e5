/**
 * Genesys AudioHook and Audio Connector: JSON messages with exact sequence numbers, μ-law in binary messages.
 *
 * AudioHook only lets us listen; Audio Connector takes sound back and can be told of a barge-in. Which one it is, the opening
 * shows. One gap in the numbers ends the connection, so every message gets its number where it is made and leaves in that order.
 * The only flush is to say that somebody barged in, which a cough is not, so a reply that is held is played as far as it was sent.
 */
import { durationMs } from '../../audio/audio-frame.js';
import { AttuneError } from '../../core/errors.js';
import { silencesAssistant, type ClientEvent, type SessionEvent } from '../../session/events.js';
import { parseJsonObject } from '../json-object.js';
import type { WireMessage } from '../protocol.js';
import { framesOf, LineInput, LineOutput } from './line-audio.js';
import { telephoneMulaw } from './line-format.js';
import {
  checkedText,
  decoded,
  digitEvents,
  started,
  type PhoneEvent,
  type PhoneProtocol,
  type PhoneStart,
} from './phone-protocol.js';
import { SpokenMarks } from './spoken-marks.js';
import { numberAt, objectAt, textAt, textsOf, type WireObject } from './wire-object.js';

interface Line {
  readonly id: string;
  readonly media: WireObject;
  readonly channelCount: number;
  /** Of the caller among the channels. */
  readonly channel: number;
  readonly input: LineInput;
  readonly output: LineOutput;
}

/** Many small messages are answered with 429. */
const frameMs = 200;
const version = '2';

export class GenesysProtocol implements PhoneProtocol {
  readonly name = 'genesys';
  readonly heldSound = 'played';
  readonly #mode: string | null;
  readonly #marks = new SpokenMarks();
  #start: PhoneStart | null = null;
  #line: Line | undefined;
  #clientSeq = 0;
  #serverSeq = 0;
  #answers: WireMessage[] = [];
  #lastMark = '';
  #outcome: Record<string, string> = {};
  #isClosing = false;
  #hasFailed = false;
  /** The platform sends no sound and takes none. */
  #isPaused = false;

  /** @param query `mode=bot` or `mode=listen` where the opening does not show it. */
  constructor(query: URLSearchParams) {
    this.#mode = query.get('mode');
  }

  get start(): PhoneStart | null {
    return this.#start;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    return decoded(() => {
      if (typeof message !== 'string') return this.#heard(started(this.#line), message);
      return this.#control(parseJsonObject(checkedText(message)));
    });
  }

  takeAnswers(): readonly WireMessage[] {
    return this.#answers.splice(0);
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    const line = this.#line;
    if (!line) return [];
    if (silencesAssistant(event)) {
      line.output.drop();
      if (!this.#marks.hasUnplayed) return [];
      this.#marks.flush();
      return [this.#message('event', { entities: [{ type: 'barge_in', data: {} }] })];
    }
    switch (event.type) {
      case 'session.ready':
        return [this.#message('opened', { media: [line.media], startPaused: false })];
      case 'emotion.estimated':
        if (event.final) this.#outcome = { ...this.#outcome, feeling: event.estimate.label, trend: event.trend };
        return [];
      case 'tone.detected':
        this.#outcome = { ...this.#outcome, tone: event.tone };
        return [];
      case 'call.transferred':
        this.#outcome = { ...this.#outcome, transfer: event.reason };
        return [];
      case 'reply.audio': {
        const { samples, sampleRateHz } = event;
        this.#marks.send(event.itemId, durationMs({ samples, sampleRateHz }));
        return framesOf(line.output.push(samples, sampleRateHz), line.output.frameBytes);
      }
      case 'line.audio':
        if (this.#isPaused) return [];
        return framesOf(line.output.push(event.samples, event.sampleRateHz), line.output.frameBytes);
      case 'reply.message.ended': {
        if (event.item.status !== 'completed') return [];
        this.#lastMark = this.#marks.next() ?? this.#lastMark;
        return framesOf(line.output.flush(), line.output.frameBytes);
      }
      case 'session.ended': {
        line.output[Symbol.dispose]();
        const outputVariables = this.#outcome;
        if (this.#isClosing) return [this.#message('closed', { outputVariables })];
        const reason = event.error === null && !this.#hasFailed ? 'completed' : 'error';
        return [this.#message('disconnect', { reason, outputVariables })];
      }
      default:
        return [];
    }
  }

  /** Numbered where it is made: whoever makes one sends it before the next is made. */
  #message(type: string, parameters: object): string {
    this.#serverSeq += 1;
    return JSON.stringify({
      version,
      type,
      seq: this.#serverSeq,
      clientseq: this.#clientSeq,
      id: this.#line?.id ?? '',
      parameters,
    });
  }

  #control(wire: WireObject): readonly PhoneEvent[] {
    const seq = numberAt(wire, 'seq');
    if (seq !== this.#clientSeq + 1) {
      this.#hasFailed = true;
      return this.#line ? [{ type: 'hang-up', farewell: null }] : refuseNumber();
    }
    this.#clientSeq = seq;
    const parameters = objectAt(wire, 'parameters');
    switch (wire['type']) {
      case 'open':
        this.#open(wire, parameters);
        return [];
      case 'ping':
        started(this.#line);
        this.#answers.push(this.#message('pong', {}));
        return [];
      case 'update':
        started(this.#line);
        this.#answers.push(this.#message('updated', {}));
        return [];
      case 'close':
        this.#isClosing = true;
        return [{ type: 'hang-up', farewell: null }];
      case 'dtmf':
        return digitEvents(textAt(parameters, 'digit') ?? '');
      case 'paused':
        this.#isPaused = true;
        return [{ type: 'call.hold' }];
      case 'discarded':
      case 'resumed': {
        this.#line?.input.skip(durationOf(textAt(parameters, 'discarded') ?? '') * 1_000);
        const isBack = wire['type'] === 'resumed' && this.#isPaused;
        if (isBack) this.#isPaused = false;
        return isBack ? [{ type: 'call.take-back' }] : [];
      }
      case 'playback_completed': {
        const played = this.#marks.returned(this.#lastMark);
        return played === undefined ? [] : [{ type: 'playback.reached', ...played }];
      }
      default:
        // Errors, and what comes with later versions.
        return [];
    }
  }

  #open(wire: WireObject, parameters: WireObject): void {
    if (this.#line) throw new AttuneError('invalid_event', 'the call was introduced already');
    const offered = Array.isArray(parameters['media']) ? (parameters['media'] as readonly unknown[]) : [];
    const media = bestOf(offered);
    if (media === undefined)
      throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', 'no μ-law at 8,000 Hz with the caller in it was offered');
    const channels = channelsOf(media);
    this.#line = {
      id: textAt(wire, 'id') ?? '',
      // What is not known of an offer is not given back: it may be nested deeper than can be written.
      media: { type: 'audio', format: 'PCMU', channels, rate: telephoneMulaw.sampleRateHz },
      channelCount: channels.length,
      channel: channels.indexOf('external'),
      input: new LineInput(telephoneMulaw),
      output: new LineOutput(telephoneMulaw, { frameMs }),
    };
    const isBot = (this.#mode ?? (Object.hasOwn(parameters, 'inputVariables') ? 'bot' : 'listen')) === 'bot';
    this.#start = {
      callId: textAt(parameters, 'conversationId') ?? '',
      parameters: {
        ...textsOf(objectAt(parameters, 'customConfig')),
        ...textsOf(objectAt(parameters, 'inputVariables')),
      },
      maySpeak: isBot,
    };
  }

  #heard({ input, channelCount, channel }: Line, message: Uint8Array): readonly PhoneEvent[] {
    const bytes =
      channelCount === 1
        ? message
        : Uint8Array.from(
            { length: Math.floor(message.length / channelCount) },
            (_, index) => message[index * channelCount + channel]!,
          );
    return bytes.length === 0 ? [] : [{ type: 'audio', frame: input.decode(bytes) }];
  }
}

function refuseNumber(): never {
  throw new AttuneError('invalid_event', 'the sequence numbers have a gap');
}

/** The caller alone, or else with others beside. */
function bestOf(offered: readonly unknown[]): WireObject | undefined {
  const fitting = offered.filter(
    (media): media is WireObject =>
      typeof media === 'object' &&
      media !== null &&
      textAt(media as WireObject, 'format') === 'PCMU' &&
      numberAt(media as WireObject, 'rate') === 8_000 &&
      channelsOf(media as WireObject).includes('external') &&
      channelsOf(media as WireObject).length <= 2,
  );
  return fitting.find((media) => channelsOf(media).length === 1) ?? fitting[0];
}

function channelsOf(media: WireObject): readonly string[] {
  const { channels } = media;
  return Array.isArray(channels) && channels.every((name) => typeof name === 'string') ? channels : [];
}

/** Seconds of `PT1.234S`; 0 for anything else. */
function durationOf(text: string): number {
  return Number(/^PT(\d{1,6}(?:\.\d{1,9})?)S$/u.exec(text)?.[1] ?? 0);
}
