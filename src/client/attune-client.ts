/**
 * A call with Attune from a web page: microphone in, replies out, and everything the server says as typed events.
 *
 * It owns the connection, the audio context and both worklets. Speech over a reply drops what was not played and tells the
 * server how far the reply was heard. A lost connection comes back as a new session with the same settings; the
 * conversation so far is not in it.
 */
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { CallConnection, type ConnectionState } from './call-connection.js';
import { CaptionLedger } from './caption-ledger.js';
import type { EviEvents } from './evi-event.js';
import { EviWire } from './evi-wire.js';
import { Listeners } from './listeners.js';
import { Microphone } from './microphone.js';
import { RealtimeWire } from './realtime-wire.js';
import type { ServerEvents, ServerMessage } from './server-event.js';
import { mergedSettings, type Settings } from './session-settings.js';
import { Speaker, type Heard } from './speaker.js';
import type { ClientMessage, Wire, WireEffect } from './wire.js';
import type { Sound } from './wire-audio.js';
import { workletAddresses } from './worklet-addresses.js';

/** Messages of the server by protocol. */
interface MessagesOf {
  'openai-realtime': ServerEvents;
  evi: EviEvents;
}

export type ClientProtocol = keyof MessagesOf;

export interface AttuneClientOptions<P extends ClientProtocol = 'openai-realtime'> {
  /** Absolute: `wss://HOST/v1/realtime?model=attune`, or `wss://HOST/v0/evi/chat` for EVI. */
  readonly url: string | URL;
  /** What is spoken there; the OpenAI Realtime API unless said. */
  readonly protocol?: P;
  /** Travels as a subprotocol, never in the address. */
  readonly apiKey?: string | null;
  /**
   * The session's settings, or EVI's `session_settings`. Laid over the defaults, which for the OpenAI Realtime API are:
   * transcripts on, turns end by meaning (`semantic_vad`).
   */
  readonly session?: Settings;
  /** What to ask of the microphone, beyond echo cancellation. */
  readonly microphone?: MediaTrackConstraints;
  /** Where the modules of the audio thread are, for a page whose bundler does not find them by itself. */
  readonly worklets?: { readonly capture: string | URL; readonly playback: string | URL };
  readonly clock?: Clock;
}

/** How far a reply was heard, and its words so far. */
export interface PlaybackEvent extends Heard {
  readonly heardText: string;
  readonly finished: boolean;
}

/** A reply was broken off here. */
export interface InterruptedEvent extends Heard {
  readonly heardText: string;
  readonly by: 'speech' | 'page';
}

export type MicrophoneState =
  { readonly state: 'off' | 'asking' | 'on' } | { readonly state: 'failed'; readonly error: AttuneError };

/** What the client tells of itself, whatever the protocol. */
export interface CallEvents {
  /** Every message of the server, known or not. */
  message: ServerMessage;
  connection: ConnectionState;
  microphone: MicrophoneState;
  /** The sound of the item that comes next speaks `text`. */
  clause: { readonly itemId: string; readonly text: string };
  playback: PlaybackEvent;
  interrupted: InterruptedEvent;
}

/** Events by name: the server's messages by their type, and the client's own. */
export type AttuneClientEvents<P extends ClientProtocol = 'openai-realtime'> = MessagesOf[P] & CallEvents;

const wires: Readonly<Record<ClientProtocol, new () => Wire>> = { 'openai-realtime': RealtimeWire, evi: EviWire };

/** Items whose late sound is thrown away; more are never on their way at once. */
const mostCutItems = 32;

export class AttuneClient<P extends ClientProtocol = 'openai-realtime'> {
  readonly #options: AttuneClientOptions<P>;
  readonly #listeners = new Listeners<CallEvents>();
  readonly #wire: Wire;
  readonly #connection: CallConnection;
  readonly #captions = new Map<string, CaptionLedger>();
  readonly #receivedMs = new Map<string, number>();
  readonly #cutItems = new Set<string>();
  #settings: Settings;
  #context: AudioContext | null = null;
  #speaker: Promise<Speaker> | null = null;
  #openedSpeaker: Speaker | null = null;
  #microphone: Microphone | null = null;
  #microphoneState: MicrophoneState = { state: 'off' };
  #playing = false;

  constructor(options: AttuneClientOptions<P>) {
    this.#options = options;
    this.#wire = new wires[options.protocol ?? 'openai-realtime']();
    this.#settings = mergedSettings(this.#wire.defaults, options.session ?? {});
    const protocols = [
      this.#wire.subprotocol,
      ...(options.apiKey ? [`openai-insecure-api-key.${options.apiKey}`] : []),
    ];
    this.#connection = new CallConnection({
      openSocket: () => new WebSocket(this.#wire.address(new URL(options.url)), protocols),
      greeting: this.#wire.greeting,
      clock: options.clock ?? new SystemClock(),
      random: Math.random,
      refusal: () => this.#refusal(),
      onState: (state) => this.#noteConnection(state),
      onMessage: (message) => this.#receive(message),
    });
  }

  /** Returns a function that takes the listener away again. */
  on<Type extends keyof AttuneClientEvents<P>>(
    type: Type,
    listener: (event: AttuneClientEvents<P>[Type]) => void,
  ): () => void {
    return this.#listeners.on(type as keyof CallEvents, listener as never);
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  get microphone(): MicrophoneState {
    return this.#microphoneState;
  }

  /** What is said and what is played, for pictures of them; null while there is neither. */
  get analysers(): { readonly input: AnalyserNode | null; readonly output: AnalyserNode | null } {
    return { input: this.#microphone?.analyser ?? null, output: this.#openedSpeaker?.analyser ?? null };
  }

  /**
   * Begins the call; call it where a person clicked, or browsers stay silent. Resolves with the first session; rejects
   * when the server refuses. A server that cannot be reached is tried until `close`.
   */
  async connect(): Promise<void> {
    await this.#openSpeaker();
    if (this.#connection.state.state === 'open') return;
    await new Promise<void>((resolve, reject) => {
      const off = this.#listeners.on('connection', (state) => {
        if (state.state !== 'open' && state.state !== 'closed') return;
        off();
        if (state.state === 'open') resolve();
        else reject(state.error ?? new AttuneError('CONNECTION_FAILED', 'the call was closed before it began'));
      });
      this.#connection.open();
    });
  }

  /** Tries a lost connection now instead of when its delay is over. */
  reconnectNow(): void {
    this.#connection.retryNow();
  }

  /** Throws MICROPHONE_DENIED, MICROPHONE_MISSING or MICROPHONE_UNAVAILABLE; the call goes on without. */
  async startMicrophone(): Promise<void> {
    if (this.#microphoneState.state === 'on' || this.#microphoneState.state === 'asking') return;
    this.#becomeMicrophone({ state: 'asking' });
    try {
      const microphone = await Microphone.open({
        context: await this.#openContext(),
        workletUrl: (this.#options.worklets ?? workletAddresses).capture,
        ...(this.#options.microphone === undefined ? {} : { constraints: this.#options.microphone }),
        onFrame: (samples) => void this.send(this.#wire.audio(samples)),
        onLost: () => {
          this.stopMicrophone();
          const error = new AttuneError('MICROPHONE_MISSING', 'The microphone went away');
          this.#becomeMicrophone({ state: 'failed', error });
        },
      });
      // `stopMicrophone` may have come while the person was asked.
      if (this.microphone.state !== 'asking') return microphone.close();
      this.#microphone = microphone;
      this.#becomeMicrophone({ state: 'on' });
    } catch (error) {
      if (error instanceof AttuneError) this.#becomeMicrophone({ state: 'failed', error });
      throw error;
    }
  }

  /** Gives the microphone back; silence ends a turn that was begun. */
  stopMicrophone(): void {
    this.#microphone?.close();
    this.#microphone = null;
    this.#becomeMicrophone({ state: 'off' });
  }

  /** Says something in writing and asks for a reply; one that is being given is broken off. */
  async sendText(text: string): Promise<void> {
    await this.interrupt();
    this.#sendAll(this.#wire.text(text));
  }

  /** Changes settings of this session and of every one after a reconnection. */
  updateSession(settings: Settings): void {
    this.#settings = mergedSettings(this.#settings, settings);
    this.send(this.#wire.change(settings, this.#settings));
  }

  /** Breaks off the reply that is being given, as if the person had spoken. */
  async interrupt(): Promise<void> {
    this.#sendAll(this.#wire.breakOff());
    await this.#breakOff('page');
  }

  /** Sends any message of the protocol; false when there is no session. */
  send(message: ClientMessage): boolean {
    return this.#connection.send(message);
  }

  /** Hangs up and gives back microphone and speakers. */
  async close(): Promise<void> {
    this.stopMicrophone();
    this.#connection.close();
    const [speaker, context] = [this.#speaker, this.#context];
    this.#speaker = this.#context = this.#openedSpeaker = null;
    (await speaker)?.close();
    if (context !== null && context.state !== 'closed') await context.close();
  }

  async #openContext(): Promise<AudioContext> {
    this.#context ??= new AudioContext({ latencyHint: 'interactive' });
    // Not awaited: without a click it resolves only when one comes.
    if (this.#context.state === 'suspended') void this.#context.resume();
    return this.#context;
  }

  #openSpeaker(): Promise<Speaker> {
    this.#speaker ??= (async () => {
      const speaker = await Speaker.open({
        context: await this.#openContext(),
        workletUrl: (this.#options.worklets ?? workletAddresses).playback,
        onHeard: (heard, finished) => this.#noteHeard(heard, finished),
      });
      this.#openedSpeaker = speaker;
      return speaker;
    })();
    return this.#speaker;
  }

  #noteConnection(state: ConnectionState): void {
    if (state.state === 'open') this.#sendAll(this.#wire.begin(this.#settings));
    else if (state.state === 'waiting' || state.state === 'closed') {
      this.#wire.reset();
      void this.#silence();
    }
    this.#listeners.emit('connection', state);
  }

  #sendAll(messages: readonly ClientMessage[]): void {
    for (const message of messages) this.send(message);
  }

  #receive(message: ServerMessage): void {
    for (const effect of this.#wire.effectsOf(message)) this.#act(effect);
    this.#listeners.emit('message', message);
    this.#listeners.emit(message.type as keyof CallEvents, message);
  }

  #act(effect: WireEffect): void {
    switch (effect.type) {
      case 'clause':
        this.#captionsOf(effect.itemId).beginClause(effect.text, this.#receivedMs.get(effect.itemId) ?? 0);
        this.#listeners.emit('clause', { itemId: effect.itemId, text: effect.text });
        return;
      case 'sound':
        this.#play(effect.itemId, effect);
        return;
      case 'sound-over':
        this.#captionsOf(effect.itemId).end(this.#receivedMs.get(effect.itemId) ?? 0);
        this.#openedSpeaker?.end(effect.itemId);
        return;
      case 'pause':
        this.#openedSpeaker?.pause();
        return;
      case 'resume':
        this.#openedSpeaker?.resume();
        return;
      case 'barge-in':
        void this.#breakOff('speech');
    }
  }

  #play(itemId: string, sound: Sound): void {
    if (this.#cutItems.has(itemId)) return;
    const durationMs = (1000 * sound.samples.length) / sound.sampleRateHz;
    this.#receivedMs.set(itemId, (this.#receivedMs.get(itemId) ?? 0) + durationMs);
    this.#playing = true;
    this.#openedSpeaker?.play(itemId, sound);
  }

  #noteHeard(heard: Heard, finished: boolean): void {
    const heardText = this.#captionsOf(heard.itemId).heardText(finished ? Infinity : heard.playedMs);
    this.#listeners.emit('playback', { ...heard, heardText, finished });
    if (!finished) return;
    this.#playing = false;
    this.#forget(heard.itemId);
  }

  /** Drops what was not played and tells the server how far the listener got. */
  async #breakOff(by: InterruptedEvent['by']): Promise<void> {
    if (!this.#playing) return;
    for (const heard of await this.#silence()) {
      const heardText = this.#captionsOf(heard.itemId).heardText(heard.playedMs);
      const audioEndMs = Math.floor(Math.min(heard.playedMs, heard.receivedMs));
      this.#sendAll(this.#wire.heard({ itemId: heard.itemId, audioEndMs }));
      this.#listeners.emit('interrupted', { ...heard, heardText, by });
      this.#forget(heard.itemId);
      this.#cutItems.add(heard.itemId);
      if (this.#cutItems.size > mostCutItems) this.#cutItems.delete(this.#cutItems.values().next().value!);
    }
  }

  async #silence(): Promise<readonly Heard[]> {
    this.#playing = false;
    return (await this.#openedSpeaker?.clear()) ?? [];
  }

  #captionsOf(itemId: string): CaptionLedger {
    const known = this.#captions.get(itemId) ?? new CaptionLedger();
    this.#captions.set(itemId, known);
    return known;
  }

  #forget(itemId: string): void {
    this.#captions.delete(itemId);
    this.#receivedMs.delete(itemId);
  }

  #becomeMicrophone(state: MicrophoneState): void {
    this.#microphoneState = state;
    this.#listeners.emit('microphone', state);
  }

  /** Asks over HTTP whether the key is the reason, for a WebSocket does not say. */
  async #refusal(): Promise<AttuneError | null> {
    const { url, apiKey } = this.#options;
    const address = new URL('/v1/about', url);
    address.protocol = address.protocol === 'wss:' ? 'https:' : 'http:';
    try {
      const answer = await fetch(address, { headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {} });
      if (answer.status === 401 || answer.status === 403)
        return new AttuneError('UNAUTHORIZED', 'The API key is missing or wrong');
    } catch {
      // Not reached: it may be there again later.
    }
    return null;
  }
}
