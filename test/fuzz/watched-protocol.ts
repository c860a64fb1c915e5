/**
 * A codec under the fuzzer's eyes: counts what goes through it, and tells of everything that a codec must not do.
 *
 * A codec may refuse a message with a ProtocolError. A fault of the program that was caught and wrapped on the way is one all the
 * same, and so is an event with a number in it that is none.
 */
import { AttuneError } from '../../src/core/errors.js';
import { highestSampleRateHz, lowestSampleRateHz } from '../../src/audio/resampler.js';
import { ProtocolError, type Protocol, type WireMessage } from '../../src/protocols/protocol.js';
import type { PhoneProtocol, PhoneStart } from '../../src/protocols/telephony/phone-protocol.js';
import type { ClientEvent, SessionEvent } from '../../src/session/events.js';
import type { HeldSound } from '../../src/session/settings.js';

export interface ProtocolWatch {
  /** A message was read, or refused with that code. */
  readonly onRead: (refusedWith: string | null) => void;
  readonly onEvents: (count: number) => void;
  readonly onDefect: (what: string, error: unknown) => void;
}

export class WatchedProtocol implements PhoneProtocol {
  readonly name: string;
  readonly heldSound: HeldSound;
  readonly pacedFrameMs?: number;
  readonly #protocol: Protocol;
  readonly #watch: ProtocolWatch;
  #isReleased = true;

  constructor(protocol: Protocol, watch: ProtocolWatch) {
    this.name = protocol.name;
    this.#protocol = protocol;
    this.#watch = watch;
    this.heldSound = (protocol as Partial<PhoneProtocol>).heldSound ?? 'played';
    if (protocol.pacedFrameMs !== undefined) this.pacedFrameMs = protocol.pacedFrameMs;
  }

  /** True unless it may still hold memory: told of sound, and not of the end. */
  get isReleased(): boolean {
    return this.#isReleased;
  }

  get start(): PhoneStart | null {
    return (this.#protocol as Partial<PhoneProtocol>).start ?? null;
  }

  decode(message: WireMessage): readonly ClientEvent[] {
    try {
      const events = this.#protocol.decode(message);
      this.#watch.onRead(null);
      this.#watch.onEvents(events.length);
      for (const event of events) this.#check(event);
      return events;
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#watch.onRead(error.cause.code);
        const fault = programFaultIn(error.cause);
        if (fault) this.#watch.onDefect('a fault of the program was taken for one of the client', fault);
      } else {
        this.#watch.onRead(null);
        this.#watch.onDefect('decode threw', error);
      }
      throw error;
    }
  }

  takeAnswers(): readonly WireMessage[] {
    return this.#protocol.takeAnswers?.() ?? [];
  }

  encode(event: SessionEvent): readonly WireMessage[] {
    if ('error' in event && event.error !== null && event.error.code === 'INTERNAL')
      this.#watch.onDefect(`the event ${event.type} tells of a failure of our own`, event.error.cause ?? event.error);
    if (event.type === 'reply.audio') this.#isReleased = false;
    if (event.type === 'session.ended') this.#isReleased = true;
    try {
      return this.#protocol.encode(event);
    } catch (error) {
      this.#watch.onDefect(`encode threw on ${event.type}`, error);
      throw error;
    }
  }

  #check(event: ClientEvent): void {
    const wrong = wrongNumberIn(event);
    if (wrong !== null) this.#watch.onDefect(`an event ${event.type} with ${wrong}`, new Error(wrong));
  }
}

/** A TypeError and its like, however often it was wrapped. */
function programFaultIn(error: unknown): unknown {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof TypeError || inner instanceof RangeError || inner instanceof ReferenceError) return inner;
    if (inner instanceof AttuneError && inner.code === 'INVARIANT_BROKEN') return inner;
  }
  return null;
}

function wrongNumberIn(event: ClientEvent): string | null {
  switch (event.type) {
    case 'audio': {
      const { samples, sampleRateHz, startSample } = event.frame;
      if (!Number.isSafeInteger(startSample) || startSample < 0) return `the position ${startSample}`;
      if (sampleRateHz < lowestSampleRateHz || sampleRateHz > highestSampleRateHz) return `the rate ${sampleRateHz}`;
      return samples.every((sample) => Math.abs(sample) <= 1) ? null : 'samples beyond 1';
    }
    case 'playback.reached':
      return event.playedMs >= 0 && Number.isFinite(event.playedMs) ? null : `${event.playedMs} ms played`;
    case 'item.truncate':
      return event.audioEndMs >= 0 && Number.isFinite(event.audioEndMs) ? null : `an end at ${event.audioEndMs} ms`;
    default:
      return null;
  }
}
