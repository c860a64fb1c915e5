/**
 * The call of the Talk view: owns the client, and turns its events into what the view shows. Outlives the view, so that
 * a look at another tab does not end a call.
 */
import { AttuneClient, type MicrophoneState } from '../../client/attune-client.js';
import type { ConnectionState } from '../../client/call-connection.js';
import type { Settings } from '../../client/session-settings.js';
import { Observable } from '../observable.js';
import type { About } from '../server-pages.js';
import { conversationAfter, emptyConversation, type ConversationEvent } from './conversation.js';

export interface TalkSettings {
  readonly voice: string;
  readonly locale: string;
  /** Empty for the server's own instructions. */
  readonly persona: string;
  /** Who is speaking; empty for nobody known. */
  readonly person: string;
  readonly remember: boolean;
  readonly record: boolean;
}

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

/** Types of events that change the conversation; the rest, sound above all, passes by. */
const conversationTypes = [
  'input_audio_buffer.speech_started',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.committed',
  'conversation.item.added',
  'conversation.item.retrieved',
  'conversation.item.input_audio_transcription.completed',
  'conversation.item.input_audio_transcription.failed',
  'response.created',
  'response.done',
  'response.output_item.added',
  'response.output_audio_transcript.delta',
  'response.output_text.delta',
  'attune.transcript',
  'attune.words',
  'attune.emotion',
  'attune.response',
  'attune.timing',
  'attune.notice',
  'attune.person',
  'attune.escalation',
  'attune.degraded',
  'error',
] as const;

export class TalkModel {
  readonly state = new Observable<TalkState>(idle);
  readonly conversation = new Observable(emptyConversation);
  readonly settings: Observable<TalkSettings>;
  readonly #apiKey: string | null;
  #client: AttuneClient | null = null;

  constructor({ apiKey, about }: { readonly apiKey: string | null; readonly about: About }) {
    this.#apiKey = apiKey;
    this.settings = new Observable<TalkSettings>({
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
    this.conversation.change((before) => conversationAfter(before, { type: 'lost' }));
  }

  change(settings: TalkSettings): void {
    this.settings.set(settings);
    this.#client?.updateSession(sessionOf(settings));
  }

  async dispose(): Promise<void> {
    await this.hangUp();
  }

  #openClient(): AttuneClient {
    if (this.#client !== null) return this.#client;
    const url = new URL('/v1/realtime?model=attune', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    const client = new AttuneClient({
      url,
      apiKey: this.#apiKey,
      session: sessionOf(this.settings.value),
    });
    this.#client = client;
    const note = (event: ConversationEvent): void =>
      this.conversation.change((before) => conversationAfter(before, event));
    for (const type of conversationTypes) client.on(type, note);
    client.on('playback', (event) => note({ type: 'playback', ...event }));
    client.on('interrupted', (event) => note({ type: 'interrupted', ...event }));
    client.on('conversation.item.truncated', ({ item_id: itemId }) => {
      // The server knows best which words were heard.
      client.send({ type: 'conversation.item.retrieve', item_id: itemId });
    });
    client.on('microphone', (microphone) => this.state.change((state) => ({ ...state, microphone })));
    client.on('connection', (connection) => {
      if (connection.state === 'waiting' || connection.state === 'closed') note({ type: 'lost' });
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

function sessionOf({ voice, locale, persona, person, remember, record }: TalkSettings): Settings {
  return {
    ...(persona.trim() === '' ? {} : { instructions: persona.trim() }),
    audio: { output: { voice } },
    attune: {
      locale,
      person: person.trim() === '' ? null : person.trim(),
      ...(person.trim() === '' ? {} : { consent: { ...given('memory', remember), ...given('recording', record) } }),
    },
  };
}

/** What is not said stays as it was. */
function given(subject: 'memory' | 'recording', isGiven: boolean): Readonly<Record<string, 'given'>> {
  return isGiven ? { [subject]: 'given' } : {};
}
