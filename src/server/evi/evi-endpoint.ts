/**
 * Calls on `/v0/evi/chat`: Hume's empathic voice interface, for clients that are looking for a server.
 *
 * A stored configuration, and what was said in a group that is resumed, are looked up before the session begins. What is asked
 * for and not there is told in the chat, which goes on without it.
 */
import { randomUUID } from 'node:crypto';
import { OpusPackets } from '../../audio/opus-packets.js';
import { AttuneError, toAttuneError } from '../../core/errors.js';
import { Scope } from '../../core/scope.js';
import { eventOfClientMessage, eventOfServerMessage, historyOf } from '../../protocols/evi/chat-event.js';
import { EviProtocol } from '../../protocols/evi/evi-protocol.js';
import { greetingOf, settingsOfConfig, timeoutOf, type ResolvedConfig } from '../../protocols/evi/library-wire.js';
import type { ClientEvent, NewItem, SessionEvent } from '../../session/events.js';
import type { Session } from '../../session/session.js';
import { eviCredentialOf } from '../auth.js';
import { newId, openSession, serveCall, type CallOptions } from '../call.js';
import type { CallRequest, Endpoint } from '../endpoint.js';
import type { Transport } from '../transport.js';
import type { ChatLog, ChatStatus, ChatWriter } from './chat-log.js';
import { ChatTimeouts } from './chat-timeouts.js';
import type { EviLibrary } from './evi-library.js';
import type { LiveChats } from './live-chats.js';

export interface EviParts {
  readonly library: EviLibrary;
  readonly log: ChatLog;
  readonly live: LiveChats;
}

/** Messages that a resumed chat begins with when the client does not say how many. */
const usualHistory = 100;
const longestHistory = 400;

export function eviEndpoint(options: CallOptions, parts: EviParts): Endpoint {
  return {
    name: 'evi',
    path: '/v0/evi/chat',
    credentialOf: eviCredentialOf,
    subprotocols: [],
    async serve(transport, request, signal) {
      await new EviCall(options, parts, request).serve(transport, signal);
    },
  };
}

interface LookedUp {
  readonly config: ResolvedConfig | null;
  readonly groupId: string;
  readonly history: readonly NewItem[];
  /** What was asked for and is not there. */
  readonly fault: AttuneError | null;
}

class EviCall {
  readonly #options: CallOptions;
  readonly #parts: EviParts;
  readonly #request: CallRequest;
  readonly #chatId = randomUUID();
  #status: Exclude<ChatStatus, 'ACTIVE'> = 'USER_ENDED';

  constructor(options: CallOptions, parts: EviParts, request: CallRequest) {
    this.#options = options;
    this.#parts = parts;
    this.#request = request;
  }

  async serve(transport: Transport, signal: AbortSignal): Promise<void> {
    const { tenant, query, id: requestId } = this.#request;
    const { log, live } = this.#parts;
    const { clock } = this.#options.abilities();
    const { config, groupId, history, fault } = await this.#lookUp();
    // Of the sound that browsers record, unless the client says it sends none of it.
    using opus = query.has('session_settings[audio][encoding]') ? null : await OpusPackets.open();
    const writer = log.begin(tenant.name, {
      id: this.#chatId,
      groupId,
      config: config && { id: config.id, version: config.version },
    });
    const protocol = new EviProtocol({
      query,
      defaultPrompt: tenant.instructions,
      chatId: this.#chatId,
      chatGroupId: groupId,
      requestId,
      wallTimeMs: () => clock.wallTimeMs(),
      fault,
      opus,
      ...(config && { configured: settingsOfConfig(config) }),
      onSent: (message) => noteIn(writer, eventOfServerMessage(message)),
      onUnderstood: (message) => {
        noteIn(writer, eventOfClientMessage(message));
        if (message['metadata'] !== undefined) writer.describe(JSON.stringify(message['metadata']));
      },
    });
    const greeting = config === null || history.length > 0 ? null : greetingOf(config);
    const patch = { ...protocol.initialSettings, greeting };
    writer.note({ type: 'SYSTEM_PROMPT', role: 'SYSTEM', text: patch.instructions ?? '' });
    const session = openSession(this.#options, { id: newId('sess'), tenant, patch, history });
    const scope = new Scope(`chat ${this.#chatId}`, () => session.end(null));
    const timeouts = this.#timeouts(config, session, scope);
    const leave = live.add(this.#chatId, {
      tenant: tenant.name,
      accept: async (message) => {
        await acceptAll(protocol.decode(message), session);
        const echo = echoOf(message);
        if (echo !== null) await transport.send(echo);
      },
    });
    try {
      const observers: CallOptions['observers'] = (call) => [
        ...this.#options.observers(call),
        (event) => {
          timeouts.note(event);
          this.#noteEnd(event);
        },
      ];
      await serveCall(
        { ...this.#options, observers },
        { protocol, session },
        { transport, request: this.#request, signal },
      );
    } catch (error) {
      this.#status = 'ERROR';
      throw error;
    } finally {
      leave();
      timeouts.cancel();
      await scope[Symbol.asyncDispose]();
      await writer.end(this.#status);
    }
  }

  #timeouts(config: ResolvedConfig | null, session: Session, scope: Scope): ChatTimeouts {
    return new ChatTimeouts({
      timeouts: {
        inactivity: config && timeoutOf(config, 'inactivity'),
        max_duration: config && timeoutOf(config, 'max_duration'),
      },
      clock: this.#options.abilities().clock,
      onTimeout: (which, farewell) => {
        this.#status = which === 'inactivity' ? 'INACTIVITY_TIMEOUT' : 'MAX_DURATION_TIMEOUT';
        scope.spawn('time out', () => session.accept({ type: 'hang-up', farewell, clientEventId: null }));
      },
    });
  }

  #noteEnd(event: SessionEvent): void {
    if (event.type !== 'session.ended' || event.error === null) return;
    this.#status = event.error.code === 'session_expired' ? 'MAX_DURATION_TIMEOUT' : 'ERROR';
  }

  async #lookUp(): Promise<LookedUp> {
    const { query, tenant } = this.#request;
    const { library, log } = this.#parts;
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
function countIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  return text !== null && /^\d{1,6}$/u.test(text) ? Number(text) : undefined;
}
