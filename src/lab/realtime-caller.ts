/**
 * A caller on `/v1/realtime`: speaks at the pace of life, listens, and keeps the tape.
 *
 * Frames of 20 ms leave on an absolute clock, silence included, whatever the server does; a late tick catches up. Every
 * server event is handed on with its instant on the tape. Works against any server of the OpenAI Realtime API.
 */
import WebSocket from 'ws';
import { decodePcm16, encodePcm16 } from '../audio/pcm16.js';
import { resampleAll } from '../audio/resampler.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { CallTape } from './call-tape.js';

/** A parsed message of the server. */
export type ServerEvent = Readonly<Record<string, unknown>> & { readonly type: string };

export interface RealtimeCallerOptions {
  /** As `ws://127.0.0.1:8787/v1/realtime`. */
  readonly url: string;
  readonly apiKey: string | null;
  readonly clock: Clock;
  /** Sent as `session.update` once the session is there. */
  readonly session: Readonly<Record<string, unknown>>;
  /** Told in order; must not throw. */
  readonly onEvent: (event: ServerEvent, atMs: number) => void;
  /** Frames of live audio when there is a microphone; silence is sent when it gives none. */
  readonly source?: () => Float32Array | undefined;
}

/** Where one utterance of the caller lies on the tape. */
export interface SaidClip {
  readonly startMs: number;
  readonly endMs: number;
}

interface Waiting {
  readonly samples: Float32Array;
  readonly resolve: (said: SaidClip) => void;
  offset: number;
  startMs: number;
}

/** The rate of the API's PCM. */
export const wireSampleRateHz = 24_000;
const frameMs = 20;
const frameSamples = (wireSampleRateHz * frameMs) / 1000;
const connectTimeoutMs = 10_000;

export class RealtimeCaller implements AsyncDisposable {
  readonly tape = new CallTape({ sampleRateHz: wireSampleRateHz });
  readonly #options: RealtimeCallerOptions;
  readonly #socket: WebSocket;
  readonly #stop = new AbortController();
  readonly #closed: Promise<void>;
  readonly #watchers = new Set<(event: ServerEvent, atMs: number) => void>();
  #failure: AttuneError | undefined;
  #speaking: Waiting | undefined;
  #startedAtMs = 0;
  #frames = 0;

  private constructor(options: RealtimeCallerOptions) {
    this.#options = options;
    const headers = options.apiKey === null ? {} : { Authorization: `Bearer ${options.apiKey}` };
    this.#socket = new WebSocket(options.url, { headers, perMessageDeflate: false });
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  /** Connects and starts to send frames. Throws CONNECTION_FAILED. */
  static async connect(options: RealtimeCallerOptions): Promise<RealtimeCaller> {
    const caller = new RealtimeCaller(options);
    try {
      await caller.#open();
    } catch (error) {
      // A server that does not speak the protocol may not answer a goodbye either.
      caller.#socket.terminate();
      await caller[Symbol.asyncDispose]();
      throw error;
    }
    return caller;
  }

  /** Milliseconds on the tape. */
  get nowMs(): number {
    return this.#options.clock.nowMs() - this.#startedAtMs;
  }

  /** True while sound that has arrived is still to be played. */
  get isHearing(): boolean {
    return this.tape.playedOutMs > this.nowMs;
  }

  /** Says a clip of any rate; resolves when its last frame was sent. One clip at a time. */
  say(samples: Float32Array, sampleRateHz: number): Promise<SaidClip> {
    const wire = resampleAll(samples, { sourceRateHz: sampleRateHz, targetRateHz: wireSampleRateHz });
    return new Promise((resolve) => {
      this.#speaking = { samples: wire, resolve, offset: 0, startMs: 0 };
    });
  }

  /** Hands further events to `watch`, after `onEvent`, until the returned function is called. */
  watch(watch: (event: ServerEvent, atMs: number) => void): () => void {
    this.#watchers.add(watch);
    return () => this.#watchers.delete(watch);
  }

  send(event: Readonly<Record<string, unknown>> & { readonly type: string }): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(event));
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
    this.#stop.abort(new AttuneError('CONNECTION_FAILED', 'the caller hung up'));
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(1000);
    else this.#socket.terminate();
    await this.#closed;
  }

  async #open(): Promise<void> {
    const { clock, session, url } = this.#options;
    this.#startedAtMs = clock.nowMs();
    let created = false;
    this.#socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString('utf8')) as ServerEvent;
      created ||= event.type === 'session.created';
      this.#receive(event);
    });
    this.#socket.on('error', (error) => {
      this.#failure ??= new AttuneError('CONNECTION_FAILED', `${url}: ${error.message}`, { cause: error });
    });
    this.#socket.on('close', (code, reason) => {
      this.#failure ??= new AttuneError(
        'CONNECTION_FAILED',
        `the server closed the call with ${code} ${reason.toString('utf8')}`,
      );
    });
    await this.until(() => created, connectTimeoutMs, 'the session');
    this.send({ type: 'session.update', session });
    this.#startedAtMs = clock.nowMs();
    void this.#pace();
  }

  /** Sends what is due by the clock; ends with the call. */
  async #pace(): Promise<void> {
    try {
      for (;;) {
        while (this.#frames * frameMs <= this.nowMs) this.#sendFrame();
        await this.#options.clock.sleep(Math.max(1, this.#frames * frameMs - this.nowMs), this.#stop.signal);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #sendFrame(): void {
    const frame = this.#nextFrame();
    this.#frames += 1;
    this.tape.appendCaller(frame);
    this.send({ type: 'input_audio_buffer.append', audio: Buffer.from(encodePcm16(frame)).toString('base64') });
  }

  #nextFrame(): Float32Array {
    const frame = new Float32Array(frameSamples);
    const speaking = this.#speaking;
    if (!speaking) return this.#options.source?.() ?? frame;
    if (speaking.offset === 0) speaking.startMs = this.#frames * frameMs;
    frame.set(speaking.samples.subarray(speaking.offset, speaking.offset + frameSamples));
    speaking.offset += frameSamples;
    if (speaking.offset >= speaking.samples.length) {
      this.#speaking = undefined;
      speaking.resolve({
        startMs: speaking.startMs,
        endMs: speaking.startMs + (speaking.samples.length * 1000) / wireSampleRateHz,
      });
    }
    return frame;
  }

  #receive(event: ServerEvent): void {
    const atMs = this.nowMs;
    if (event.type === 'response.output_audio.delta')
      this.tape.receive(decodePcm16(Buffer.from(String(event['delta']), 'base64')), atMs);
    if (event.type === 'input_audio_buffer.speech_started') this.tape.clear(atMs);
    this.#options.onEvent(event, atMs);
    for (const watch of this.#watchers) watch(event, atMs);
  }
}
