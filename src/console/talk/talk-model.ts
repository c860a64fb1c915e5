/**
 * The call of the Talk view: owns the client, and turns its events into what the view shows. Outlives the view, so that
 * a look at another tab does not end a call.
 */
import type { AttuneClient, ClientProtocol, MicrophoneState } from '../../client/attune-client.js';
import type { ConnectionState } from '../../client/call-connection.js';
import { Observable } from '../observable.js';
import type { About } from '../server-pages.js';
import { afterCallEvent, emptyConversation } from './conversation.js';
import { eviTalk } from './evi-talk.js';
import { realtimeTalk } from './realtime-talk.js';
import type { TalkProtocol, TalkSettings } from './talk-protocol.js';

export interface TalkState {
  readonly connection: ConnectionState;
  readonly microphone: MicrophoneState;
  /** True once a session was there: a connection that is lost then is told as lost. */
  readonly wasOpen: boolean;
  /** When the next attempt comes, on `performance.now()`. */
  readonly retryAtMs: number | null;
}

const closed: ConnectionState = { state: 'closed', error: null };
const idle: TalkState = { connection: closed, microphone: { state: 'off' }, wasOpen: false, retryAtMs: null };

const protocols: Readonly<Record<ClientProtocol, TalkProtocol>> = { 'openai-realtime': realtimeTalk, evi: eviTalk };

export class TalkModel {
  readonly state = new Observable<TalkState>(idle);
  readonly conversation = new Observable(emptyConversation);
  readonly settings: Observable<TalkSettings>;
  readonly #apiKey: string | null;
  #client: AttuneClient<ClientProtocol> | null = null;

  constructor({ apiKey, about }: { readonly apiKey: string | null; readonly about: About }) {
    this.#apiKey = apiKey;
    this.settings = new Observable<TalkSettings>({
      protocol: 'openai-realtime',
      voice: about.voice,
      locale: about.locale,
      persona: '',
      person: '',
      remember: false,
      record: false,
    });
  }

  /** For the picture of the sound; null while there is none. */
  get analysers(): AttuneClient['analysers'] {
    return this.#client?.analysers ?? { input: null, output: null };
  }

  /** Begins a call with the microphone, or adds the microphone to the call. Failures are told by `state`. */
  async startTalking(): Promise<void> {
    const client = this.#openClient();
    // Asked for first: the question belongs to the click, and there is no call without an answer to it.
    await client.startMicrophone().catch(() => undefined);
    if (client.microphone.state === 'on') await client.connect().catch(() => undefined);
  }

  /** The call goes on in writing. */
  stopTalking(): void {
    this.#client?.stopMicrophone();
  }

  async sendText(text: string): Promise<void> {
    const client = this.#openClient();
    try {
      await client.connect();
      await client.sendText(text);
    } catch {
      // The state says why.
    }
  }

  /** Breaks off the reply. */
  interrupt(): void {
    void this.#client?.interrupt();
  }

  reconnectNow(): void {
    this.#client?.reconnectNow();
  }

  async hangUp(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.close();
    this.state.set(idle);
    this.#noteLoss();
  }

  /** Another protocol is another call: one that is going on is hung up. */
  change(settings: TalkSettings): void {
    if (settings.protocol !== this.settings.value.protocol) void this.hangUp();
    this.settings.set(settings);
    this.#client?.updateSession(protocols[settings.protocol].sessionOf(settings));
  }

  async dispose(): Promise<void> {
    await this.hangUp();
  }

  #noteLoss(): void {
    this.conversation.change((before) => afterCallEvent(before, { type: 'lost' }));
  }

  #openClient(): AttuneClient<ClientProtocol> {
    if (this.#client !== null) return this.#client;
    const client = protocols[this.settings.value.protocol].openClient({
      apiKey: this.#apiKey,
      settings: this.settings.value,
      onChange: (change) => this.conversation.change(change),
    });
    this.#client = client;
    client.on('microphone', (microphone) => this.state.change((state) => ({ ...state, microphone })));
    client.on('connection', (connection) => {
      if (connection.state === 'waiting' || connection.state === 'closed') this.#noteLoss();
      this.state.change((state) => ({
        ...state,
        connection,
        wasOpen: state.wasOpen || connection.state === 'open',
        retryAtMs: connection.state === 'waiting' ? performance.now() + connection.retryInMs : null,
      }));
    });
    return client;
  }
}
