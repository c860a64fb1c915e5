/**
 * One EVI chat, whatever carries it: what was configured for it, what is written down, how it ends by time, and messages that
 * come to it from elsewhere than its client.
 *
 * A stored configuration, and what was said in a group that is resumed, are looked up before the session begins. What is asked
 * for and not there is told in the chat, which goes on without it.
 */
import { randomUUID } from 'node:crypto';
import type { OpusPackets } from '../../audio/opus-packets.js';
import { AttuneError, toAttuneError } from '../../core/errors.js';
import { Scope } from '../../core/scope.js';
import { eventOfClientMessage, eventOfServerMessage, historyOf } from '../../protocols/evi/chat-event.js';
import { EviProtocol } from '../../protocols/evi/evi-protocol.js';
import { nudgesOf, turnDetectionOf } from '../../protocols/evi/config-turns.js';
import {
  openingOf,
  settingsOfConfig,
  timeoutOf,
  type Opening,
  type ResolvedConfig,
} from '../../protocols/evi/library-wire.js';
import type { Protocol } from '../../protocols/protocol.js';
import { ordinaryReply, type ClientEvent, type NewItem, type SessionEvent } from '../../session/events.js';
import { farewell } from '../../session/hang-up.js';
import type { Session } from '../../session/session.js';
import type { SettingsPatch, SilencePolicy } from '../../session/settings.js';
import { newId, openSession, serveCall, type CallOptions } from '../call.js';
import type { CallRequest } from '../endpoint.js';
import type { ChatLog, ChatStatus, ChatWriter } from './chat-log.js';
import { ChatTimeouts } from './chat-timeouts.js';
import type { EviLibrary } from './evi-library.js';
import type { EviWebhooks, WebhookEventName } from './evi-webhooks.js';
import type { LiveChats } from './live-chats.js';

export interface EviParts {
  readonly library: EviLibrary;
  readonly log: ChatLog;
  readonly live: LiveChats;
  readonly webhooks: EviWebhooks;
}

export interface ChatOptions {
  readonly calls: CallOptions;
  readonly parts: EviParts;
  readonly request: Pick<CallRequest, 'id' | 'tenant' | 'query'>;
  /** Decodes what browsers record; null where nobody sends it. */
  readonly opus: OpusPackets | null;
  /** Who calls whom, of chats over the telephone; null of others. */
  readonly telephone: Readonly<Record<string, string>> | null;
}

/** The caller's end of a chat. */
export interface ChatConnection {
  /** What it speaks: the chat's own protocol, or a telephone's. */
  readonly wire: Protocol;
  /** On top of what the configuration and the query say. */
  readonly settings: SettingsPatch;
  /** What came before the session was there. */
  readonly events: readonly ClientEvent[];
  /** Tells the client of a message that came from elsewhere; null where it cannot be told. */
  readonly echo: ((message: string) => Promise<void>) | null;
}

/** Messages that a resumed chat begins with when the client does not say how many. */
const usualHistory = 100;
const longestHistory = 400;

/** Has the assistant begin with words of its own. */
const opener: ClientEvent = { type: 'reply.create', request: ordinaryReply, clientEventId: null };

interface LookedUp {
  readonly config: ResolvedConfig | null;
  readonly groupId: string;
  readonly history: readonly NewItem[];
  /** What was asked for and is not there. */
  readonly fault: AttuneError | null;
}

export class EviChat {
  /** The chat's own wire format; also where another carries it, as what is written down is its messages. */
  readonly protocol: EviProtocol;
  readonly opening: Opening;
  readonly #options: ChatOptions;
  readonly #id = randomUUID();
  readonly #found: LookedUp;
  readonly #writer: ChatWriter;
  #status: Exclude<ChatStatus, 'ACTIVE'> = 'USER_ENDED';

  /** Looks up what the query names, and begins to write the chat down. */
  static async begin(options: ChatOptions): Promise<EviChat> {
    return new EviChat(options, await lookUp(options));
  }

  private constructor(options: ChatOptions, found: LookedUp) {
    this.#options = options;
    this.#found = found;
    const { calls, parts, request, opus } = options;
    const { config, groupId, history, fault } = found;
    const { clock } = calls.abilities();
    const writer = parts.log.begin(request.tenant.name, {
      id: this.#id,
      groupId,
      config: config && { id: config.id, version: config.version },
    });
    this.#writer = writer;
    this.protocol = new EviProtocol({
      query: request.query,
      defaultPrompt: request.tenant.instructions,
      chatId: this.#id,
      chatGroupId: groupId,
      requestId: request.id,
      wallTimeMs: () => clock.wallTimeMs(),
      fault,
      opus,
      ...(config && { configured: settingsOfConfig(config), turnDetection: turnDetectionOf(config) }),
      onSent: (message) => {
        noteIn(writer, eventOfServerMessage(message));
        if (message.type === 'tool_call')
          this.#tell('tool_call', { timestamp: clock.wallTimeMs(), tool_call_message: message });
      },
      onUnderstood: (message) => {
        noteIn(writer, eventOfClientMessage(message));
        if (message['metadata'] !== undefined) writer.describe(JSON.stringify(message['metadata']));
      },
    });
    this.opening = config === null || history.length > 0 ? { by: 'caller' } : openingOf(config);
  }

  /** What a silent caller is asked; null for nothing. */
  get nudges(): SilencePolicy | null {
    const { config } = this.#found;
    return config && nudgesOf(config);
  }

  /** Settles when the chat is over and written down. */
  async serve(
    { wire, settings, events, echo }: ChatConnection,
    connection: Parameters<typeof serveCall>[2],
  ): Promise<void> {
    const { calls, parts, request } = this.#options;
    const greeting = this.opening.by === 'words' ? this.opening.text : null;
    const patch = { ...this.protocol.initialSettings, greeting, silence: this.nudges, ...settings };
    this.#writer.note({ type: 'SYSTEM_PROMPT', role: 'SYSTEM', text: patch.instructions ?? '' });
    const { history } = this.#found;
    const session = openSession(calls, { id: newId('sess'), tenant: request.tenant, patch, history });
    const scope = new Scope(`chat ${this.#id}`, () => session.end(null));
    const timeouts = this.#timeouts(session, scope);
    const leave = parts.live.add(this.#id, {
      tenant: request.tenant.name,
      accept: async (message) => {
        await acceptAll(this.protocol.decode(message), session);
        const told = echoOf(message);
        if (told !== null) await echo?.(told);
      },
    });
    const observers: CallOptions['observers'] = (call) => [
      ...calls.observers(call),
      (event) => {
        timeouts.note(event);
        this.#noteEnd(event);
        // What the chat's client would be told is written down, whoever carries it.
        if (wire !== this.protocol) this.protocol.encode(event);
      },
    ];
    const { clock } = calls.abilities();
    const startedMs = clock.wallTimeMs();
    const isResumed = request.query.get('resumed_chat_group_id') === this.#found.groupId;
    try {
      this.#tell('chat_started', {
        start_time: Math.round(startedMs),
        chat_start_type: isResumed ? 'resumed_chat_group' : 'new_chat_group',
      });
      await acceptAll(events, session);
      if (this.opening.by === 'responder' && patch.greeting === null) await session.accept(opener);
      await serveCall({ ...calls, observers }, { protocol: wire, session }, connection);
    } catch (error) {
      this.#status = 'ERROR';
      throw error;
    } finally {
      leave();
      timeouts.cancel();
      await scope[Symbol.asyncDispose]();
      const endedMs = clock.wallTimeMs();
      this.#tell('chat_ended', {
        end_time: Math.round(endedMs),
        duration_seconds: Math.round((endedMs - startedMs) / 1000),
        end_reason: this.#status,
      });
      await this.#writer.end(this.#status);
    }
  }

  #tell(name: WebhookEventName, facts: Readonly<Record<string, unknown>>): void {
    const { parts, telephone } = this.#options;
    const { config, groupId } = this.#found;
    parts.webhooks.tell(config?.content.webhooks, name, () => ({
      chat_group_id: groupId,
      chat_id: this.#id,
      config_id: config?.id ?? null,
      custom_session_id: this.protocol.customSessionId,
      caller_number: telephone?.['from_number'] ?? null,
      twilio_metadata: telephone,
      ...facts,
    }));
  }

  #timeouts(session: Session, scope: Scope): ChatTimeouts {
    const { config } = this.#found;
    const words = farewell(this.#options.request.tenant.locale);
    return new ChatTimeouts({
      timeouts: {
        inactivity: config && timeoutOf(config, 'inactivity', words),
        max_duration: config && timeoutOf(config, 'max_duration', words),
      },
      clock: this.#options.calls.abilities().clock,
      onTimeout: (which, said) => {
        this.#status = which === 'inactivity' ? 'INACTIVITY_TIMEOUT' : 'MAX_DURATION_TIMEOUT';
        scope.spawn('time out', () => session.accept({ type: 'hang-up', farewell: said, clientEventId: null }));
      },
    });
  }

  #noteEnd(event: SessionEvent): void {
    if (event.type !== 'session.ended' || event.error === null) return;
    this.#status = event.error.code === 'session_expired' ? 'MAX_DURATION_TIMEOUT' : 'ERROR';
  }
}

async function lookUp({ parts, request }: ChatOptions): Promise<LookedUp> {
  const { query, tenant } = request;
  const { library, log } = parts;
  let fault: AttuneError | null = null;
  const tried = async <T>(work: () => Promise<T>, field: string): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      const { code, message, hint } = toAttuneError(error, 'INTERNAL');
      fault ??= new AttuneError(code, message, { field, hint, cause: error });
      return null;
    }
  };
  const configId = query.get('config_id');
  const config =
    configId === null
      ? null
      : await tried(() => library.resolve(tenant.name, configId, countIn(query, 'config_version')), 'config_id');
  const resumed = query.get('resumed_chat_group_id');
  const events =
    resumed === null
      ? null
      : await tried(async () => {
          const chats = await log.group(tenant.name, resumed);
          return (await Promise.all(chats.map(({ id }) => log.events(tenant.name, id)))).flat();
        }, 'resumed_chat_group_id');
  const limit = Math.min(countIn(query, 'event_limit') ?? usualHistory, longestHistory);
  return {
    config,
    groupId: events === null || resumed === null ? randomUUID() : resumed,
    history: events === null ? [] : historyOf(events, limit),
    fault,
  };
}

function noteIn(writer: ChatWriter, event: Parameters<ChatWriter['note']>[0] | null): void {
  if (event !== null) writer.note(event);
}

async function acceptAll(events: readonly ClientEvent[], session: Session): Promise<void> {
  for (const event of events) await session.accept(event);
}

const echoed: ReadonlySet<unknown> = new Set(['session_settings', 'tool_response', 'tool_error']);

/** What the client is told of a message that came from elsewhere and was understood; keys of language models are left out. */
function echoOf(message: string): string | null {
  const { language_model_api_key: _key, ...told } = JSON.parse(message) as Readonly<Record<string, unknown>>;
  return echoed.has(told['type']) ? JSON.stringify(told) : null;
}

/** Undefined for what is no count. */
export function countIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text !== null && /^\d{1,6}$/u.test(text) ? Number(text) : undefined;
}
