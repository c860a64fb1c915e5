/**
 * A caller: speaks at the pace of life over any wire and line, listens, and keeps the tape.
 *
 * Frames of 20 ms leave on an absolute clock, silence included, whatever the server does; a late tick catches up and is
 * counted. Every server message is handed on with its instant on the tape. The tape is the caller's telephone: the
 * caller before the line, the agent after it.
 */
import { resampleAll } from '../audio/resampler.js';
import type { Clock } from '../core/clock.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { WireMessage } from '../protocols/protocol.js';
import { CallTape } from './call-tape.js';
import { AudiosocketLink } from './links/audiosocket-link.js';
import type { CallerLink, CallerLinkEvents } from './links/caller-link.js';
import { WebSocketLink } from './links/websocket-link.js';
import type { TelephoneLine } from './telephone-line.js';
import { frameMs, type CallerWire, type ServerEvent, type WireEvent } from './wires/caller-wire.js';

export interface CallerOptions {
  /** As `ws://127.0.0.1:8787/v1/realtime`, or `tcp://127.0.0.1:9092` for AudioSocket. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly clock: Clock;
  readonly wire: CallerWire;
  /** Between the caller and the wire; a perfect one without it. */
  readonly line?: TelephoneLine;
  /** Told in order; must not throw. */
  readonly onMessage?: (message: ServerEvent, atMs: number) => void;
  /** Frames of live audio when there is a microphone; silence is sent when it gives none. */
  readonly source?: () => Float32Array | undefined;
}

/** Where one utterance of the caller lies on the tape. */
export interface SaidClip {
  readonly startMs: number;
  readonly endMs: number;
}

/** How well the caller itself kept time. */
export interface Pacing {
  readonly frames: number;
  /** Sent later than `lateMs` after they were due. */
  readonly lateFrames: number;
  readonly worstLateMs: number;
  /** Times the agent's sound ran out in the middle of a reply, and for how long altogether. */
  readonly underruns: number;
  readonly underrunMs: number;
}

interface Waiting {
  readonly samples: Float32Array;
  readonly resolve: (said: SaidClip) => void;
  offset: number;
  startMs: number;
}

interface Travelling {
  readonly dueMs: number;
  readonly messages: readonly WireMessage[];
}

interface PendingMark {
  readonly name: string;
  readonly playedAtMs: number;
}

const connectTimeoutMs = 10_000;
/** A frame sent later than that after its instant is late. */
export const lateMs = 20;
/** A longer silence between sounds is a pause of the agent. */
const longestUnderrunMs = 400;

export class Caller implements AsyncDisposable {
  readonly tape: CallTape;
  readonly #options: CallerOptions;
  readonly #link: CallerLink;
  readonly #stop = new AbortController();
  readonly #watchers = new Set<(message: ServerEvent, atMs: number) => void>();
  readonly #listeners = new Set<(event: WireEvent) => void>();
  readonly #frameSamples: number;
  readonly #clockRate: number;
  /** What the far end has heard by now comes out of the line so much later. */
  readonly #downMs: number;
  #failure: AttuneError | undefined;
  #wasHungUp = false;
  #speaking: Waiting | undefined;
  #startedAtMs = 0;
  #frames = 0;
  /** True until sound comes after the agent took back what it had sent: the silence between is meant. */
  #wasCleared = false;
  #isOpen = false;
  #isReady = false;
  #travelling: Travelling[] = [];
  #marks: PendingMark[] = [];
  #pacing = { frames: 0, lateFrames: 0, worstLateMs: 0, underruns: 0, underrunMs: 0 };

  private constructor(options: CallerOptions) {
    const { url, apiKey, wire, line } = options;
    this.#options = options;
    this.tape = new CallTape({ sampleRateHz: wire.sampleRateHz });
    this.#frameSamples = (wire.sampleRateHz * frameMs) / 1000;
    this.#clockRate = line?.clockRate ?? 1;
    this.#downMs = line?.down.latencyMs ?? 0;
    this.#startedAtMs = options.clock.nowMs();
    const events = this.#linkEvents();
    this.#link = url.startsWith('tcp:')
      ? new AudiosocketLink(url, events)
      : new WebSocketLink(url, wire.headers(url, apiKey), events);
  }

  /** Connects and starts to send frames. Throws CONNECTION_FAILED. */
  static async connect(options: CallerOptions): Promise<Caller> {
    const caller = new Caller(options);
    try {
      await caller.#open();
    } catch (error) {
      // A server that does not speak the protocol may not answer a goodbye either.
      caller.#link.terminate();
      await caller[Symbol.asyncDispose]();
      throw error;
    }
    return caller;
  }

  /** Milliseconds on the tape. */
  get nowMs(): number {
    return (this.#options.clock.nowMs() - this.#startedAtMs) * this.#clockRate;
  }

  /** True while sound that has arrived is still to be played. */
  get isHearing(): boolean {
    return this.tape.playedOutMs > this.nowMs;
  }

  /** True when sound lies on the tape before it is played; false where it comes at the pace of listening. */
  get hearsAhead(): boolean {
    return this.#options.wire.playoutDelayMs === undefined;
  }

  get pacing(): Pacing {
    return this.#pacing;
  }

  /** True when the agent ended the call in good order. */
  get wasHungUp(): boolean {
    return this.#wasHungUp;
  }

  /** Why the call ended before the caller hung up. */
  get failure(): AttuneError | undefined {
    return this.#failure;
  }

  /** Says a clip of any rate; resolves when its last frame was sent. One clip at a time. */
  say(samples: Float32Array, sampleRateHz: number): Promise<SaidClip> {
    const wire = resampleAll(samples, { sourceRateHz: sampleRateHz, targetRateHz: this.tape.sampleRateHz });
    return new Promise((resolve) => {
      this.#speaking = { samples: wire, resolve, offset: 0, startMs: 0 };
    });
  }

  /** Presses a key where the format has a word for it; false when its tones have to be said instead. */
  press(digit: string): boolean {
    const messages = this.#options.wire.digit(digit);
    if (messages) this.#transmit(messages);
    return messages !== null;
  }

  /** Hands further messages to `watch`, after `onMessage`, until the returned function is called. */
  watch(watch: (message: ServerEvent, atMs: number) => void): () => void {
    this.#watchers.add(watch);
    return () => this.#watchers.delete(watch);
  }

  /** Hands what messages mean to `listener`, after the tape has it, until the returned function is called. */
  listen(listener: (event: WireEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A message of the format's own, past the line. */
  send(message: Readonly<Record<string, unknown>>): void {
    this.#transmit([JSON.stringify(message)]);
  }

  /** Resolves once `condition` holds. Throws CONNECTION_FAILED when the call ends first or `timeoutMs` pass. */
  async until(condition: () => boolean, timeoutMs: number, what: string): Promise<void> {
    const { clock } = this.#options;
    const deadlineMs = clock.nowMs() + timeoutMs;
    while (!condition()) {
      if (this.#failure) throw this.#failure;
      if (clock.nowMs() > deadlineMs)
        throw new AttuneError('CONNECTION_FAILED', `waited ${Math.round(timeoutMs / 1000)} s for ${what} in vain`);
      await clock.sleep(10, this.#stop.signal);
    }
  }

  /** Hangs up; resolves when the connection is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isReady) this.#transmit(this.#options.wire.goodbye());
    this.#stop.abort(new AttuneError('CONNECTION_FAILED', 'the caller hung up'));
    if (this.#link.isOpen) this.#link.close();
    else this.#link.terminate();
    await this.#link.closed;
  }

  #linkEvents(): CallerLinkEvents {
    const { url, wire } = this.#options;
    return {
      onOpen: () => {
        this.#isOpen = true;
        this.#transmit(wire.hello());
      },
      onMessage: (message) => {
        try {
          this.#receive(message);
        } catch (error) {
          this.#failure ??= toAttuneError(error, 'CONNECTION_FAILED');
          this.#link.terminate();
        }
      },
      onError: (error) => {
        this.#failure ??= new AttuneError('CONNECTION_FAILED', `${url}: ${error.message}`, { cause: error });
      },
      onClose: ({ isOrderly, reason }) => {
        this.#wasHungUp = isOrderly;
        this.#failure ??= new AttuneError('CONNECTION_FAILED', `the server closed the call with ${reason}`);
      },
    };
  }

  async #open(): Promise<void> {
    const { clock, wire } = this.#options;
    await this.until(() => (wire.awaitsGreeting ? this.#isReady : this.#isOpen), connectTimeoutMs, 'the session');
    this.#isReady = true;
    this.#startedAtMs = clock.nowMs();
    void this.#pace();
  }

  /** Sends what is due by the clock; ends with the call. */
  async #pace(): Promise<void> {
    try {
      for (;;) {
        while (this.#frames * frameMs <= this.nowMs) this.#sendFrame();
        this.#deliver();
        const nextMs = Math.min(
          this.#frames * frameMs,
          this.#travelling[0]?.dueMs ?? Infinity,
          this.#marks[0]?.playedAtMs ?? Infinity,
        );
        await this.#options.clock.sleep(Math.max(1, (nextMs - this.nowMs) / this.#clockRate), this.#stop.signal);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #sendFrame(): void {
    const { wire, line } = this.#options;
    const frame = this.#nextFrame();
    const dueMs = this.#frames * frameMs;
    this.#frames += 1;
    this.#countFrame(this.nowMs - dueMs);
    this.tape.appendCaller(frame);
    if (!line) {
      this.#transmit(wire.frame(frame));
      return;
    }
    const heard = this.tape.answerFrom(dueMs - line.echoDelayMs, frame.length);
    const { samples, delayMs } = line.up.carry(line.withEcho(frame, heard));
    if (samples === null && !wire.isGapless) wire.skipFrame();
    else {
      const messages = wire.frame(samples ?? new Float32Array(frame.length));
      this.#travelling.push({ dueMs: dueMs + delayMs, messages });
    }
  }

  #countFrame(behindMs: number): void {
    this.#pacing.frames += 1;
    if (behindMs > lateMs) this.#pacing.lateFrames += 1;
    this.#pacing.worstLateMs = Math.max(this.#pacing.worstLateMs, behindMs);
  }

  /** What has come through the line by now, and the marks that were played. */
  #deliver(): void {
    const { nowMs } = this;
    const arrived = this.#travelling.findIndex(({ dueMs }) => dueMs > nowMs);
    const count = arrived < 0 ? this.#travelling.length : arrived;
    for (const { messages } of this.#travelling.splice(0, count)) this.#transmit(messages);
    while (this.#marks[0] && this.#marks[0].playedAtMs <= nowMs) this.#return(this.#marks.shift()!);
  }

  #return({ name }: PendingMark): void {
    this.#transmit(this.#options.wire.played(name));
  }

  #nextFrame(): Float32Array {
    const frame = new Float32Array(this.#frameSamples);
    const speaking = this.#speaking;
    if (!speaking) return this.#options.source?.() ?? frame;
    if (speaking.offset === 0) speaking.startMs = this.#frames * frameMs;
    frame.set(speaking.samples.subarray(speaking.offset, speaking.offset + this.#frameSamples));
    speaking.offset += this.#frameSamples;
    if (speaking.offset >= speaking.samples.length) {
      this.#speaking = undefined;
      speaking.resolve({
        startMs: speaking.startMs,
        endMs: speaking.startMs + (speaking.samples.length * 1000) / this.tape.sampleRateHz,
      });
    }
    return frame;
  }

  #receive(wireMessage: WireMessage): void {
    const { wire, onMessage } = this.#options;
    const atMs = this.nowMs;
    const { message, events, answers } = wire.read(wireMessage);
    this.#transmit(answers);
    for (const event of events) this.#hear(event, atMs);
    onMessage?.(message, atMs);
    for (const event of events) for (const listen of this.#listeners) listen(event);
    for (const watch of this.#watchers) watch(message, atMs);
  }

  #hear(event: WireEvent, atMs: number): void {
    switch (event.type) {
      case 'ready':
        this.#isReady = true;
        return;
      case 'audio':
        this.#play(event.samples, atMs);
        return;
      case 'pause':
        this.tape.pause(atMs + this.#downMs);
        return;
      case 'resume':
        this.tape.resume(atMs + this.#downMs);
        return;
      case 'clear':
        this.tape.clear(atMs + this.#downMs);
        this.#wasCleared = true;
        for (const mark of this.#marks.splice(0)) this.#return(mark);
        return;
      case 'mark':
        this.#marks.push({ name: event.name, playedAtMs: this.tape.playedOutMs });
        return;
      default:
    }
  }

  #play(samples: Float32Array, arrivedAtMs: number): void {
    const { line, wire } = this.#options;
    const silenceMs = arrivedAtMs - this.tape.playedOutMs;
    const atMs = silenceMs > 0 ? arrivedAtMs + (wire.playoutDelayMs ?? 0) : arrivedAtMs;
    if (this.tape.playedOutMs > 0 && silenceMs > 0 && silenceMs < longestUnderrunMs && !this.#wasCleared) {
      this.#pacing.underruns += 1;
      this.#pacing.underrunMs += silenceMs;
    }
    this.#wasCleared = false;
    if (!line) {
      this.tape.receive(samples, atMs);
      return;
    }
    for (let at = 0; at < samples.length; at += this.#frameSamples) {
      const frame = samples.subarray(at, at + this.#frameSamples);
      const { samples: carried, delayMs } = line.down.carry(frame);
      this.tape.receive(carried ?? new Float32Array(frame.length), atMs + delayMs);
    }
  }

  #transmit(messages: readonly WireMessage[]): void {
    for (const message of messages) this.#link.send(message);
  }
}
