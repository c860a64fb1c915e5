/**
 * EVI's REST interface for looking back at chats, and for reaching one that goes on:
 *
 *   GET          /v0/evi/chats                     GET /v0/evi/chat_groups
 *   GET, DELETE  /v0/evi/chats/{id}                GET /v0/evi/chat_groups/{id}, …/{id}/events
 *   POST         /v0/evi/chat/{id}/send            a message as if its client had sent it
 *
 * Looking needs a key with the scope `observe`, deleting and sending one with `admin`. Sound is not kept: `…/audio` says so.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AttuneError } from '../../core/errors.js';
import { ProtocolError } from '../../protocols/protocol.js';
import type { ChatEvent } from '../../protocols/evi/chat-event.js';
import type { Access } from '../access.js';
import { eviCredentialOf } from '../auth.js';
import { answerJson, answerNothing, answerText } from '../http-answer.js';
import { answered, nothingHere, textBody, type HttpPage, type PageRequest } from '../http-page.js';
import type { Chat } from './chat-log.js';
import type { EviParts } from './evi-chat.js';
import { ordered, pageOf } from './evi-paging.js';

const mostBodyBytes = 256 * 1024;
const pattern =
  /^\/v0\/evi\/(?:(?<list>chats|chat_groups)(?:\/(?<id>[\w-]{1,64})(?:\/(?<part>events|audio))?)?|chat\/(?<live>[\w-]{1,64})\/send)$/u;

export interface ChatPagesOptions {
  readonly parts: EviParts;
  readonly access: Access;
}

interface Asked {
  readonly log: EviParts['log'];
  readonly tenant: string;
  readonly query: URLSearchParams;
  readonly id: string;
}

export class ChatPages implements HttpPage {
  readonly #options: ChatPagesOptions;

  constructor(options: ChatPagesOptions) {
    this.#options = options;
  }

  owns(path: string): boolean {
    return pattern.test(path);
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { message, query, path } = request;
      const { list = '', id = '', part = '', live } = pattern.exec(path)?.groups ?? {};
      const keyed = (scope: 'observe' | 'admin'): string =>
        this.#options.access.keyOf(message, scope, eviCredentialOf(message.headers, query)).tenant.name;
      const { parts } = this.#options;
      if (message.method === 'POST' && live !== undefined) {
        await this.#send(parts, { tenant: keyed('admin'), id: live, message });
        return answerText(response, 'OK');
      }
      if (message.method === 'DELETE' && list === 'chats' && id !== '' && part === '') {
        const tenant = keyed('admin');
        await parts.log.forget(tenant, id);
        return answerNothing(response);
      }
      const tenant = keyed('observe');
      if (message.method !== 'GET' || live !== undefined) throw nothingHere();
      const asked: Asked = { log: parts.log, tenant, query, id };
      answerJson(
        response,
        200,
        await pageFor(`${list}${id === '' ? '' : '/id'}${part === '' ? '' : `/${part}`}`, asked),
      );
    });
  }

  async #send(
    parts: EviParts,
    { tenant, id, message }: { readonly tenant: string; readonly id: string; readonly message: IncomingMessage },
  ): Promise<void> {
    const chat = parts.live.find(tenant, id);
    try {
      await chat.accept(await textBody(message, mostBodyBytes));
    } catch (error) {
      throw error instanceof ProtocolError ? error.cause : error;
    }
  }
}

async function pageFor(what: string, asked: Asked): Promise<unknown> {
  const { log, tenant, query, id } = asked;
  switch (what) {
    case 'chats':
      return chatList(await log.chats(tenant), query, query.get('config_id'));
    case 'chats/id': {
      const chat = await log.chat(tenant, id);
      return { ...chatAnswer(chat), ...eventList(await log.events(tenant, id), query, id) };
    }
    case 'chat_groups':
      return groupList(await log.chats(tenant), query);
    case 'chat_groups/id': {
      const chats = await log.group(tenant, id);
      return { ...groupAnswer(chats), ...chatList(chats, query, null) };
    }
    case 'chat_groups/id/events': {
      const chats = await log.group(tenant, id);
      const all = await Promise.all(
        chats.map(async (chat) => (await log.events(tenant, chat.id)).map((event) => eventAnswer(event, chat.id))),
      );
      const { items, direction } = ordered(all.flat(), query, 'ASC');
      const page = pageOf(items, query);
      return { id, ...page.place, pagination_direction: direction, events_page: page.items };
    }
    default:
      throw new AttuneError('NOT_FOUND', 'The sound of chats is not kept');
  }
}

function chatList(chats: readonly Chat[], query: URLSearchParams, configId: string | null): object {
  const found = configId === null ? chats : chats.filter(({ config }) => config?.id === configId);
  const { items, direction } = ordered(found, query, 'DESC');
  const page = pageOf(items, query);
  return { ...page.place, pagination_direction: direction, chats_page: page.items.map(chatAnswer) };
}

function groupList(chats: readonly Chat[], query: URLSearchParams): object {
  const configId = query.get('config_id');
  const ids = [
    ...new Set(
      chats.filter(({ config }) => configId === null || config?.id === configId).map(({ groupId }) => groupId),
    ),
  ];
  const groups = ids.map((groupId) => chats.filter((chat) => chat.groupId === groupId));
  const { items, direction } = ordered(groups, query, 'DESC');
  const page = pageOf(items, query);
  return { ...page.place, pagination_direction: direction, chat_groups_page: page.items.map(groupAnswer) };
}

function eventList(events: readonly ChatEvent[], query: URLSearchParams, chatId: string): object {
  const { items, direction } = ordered(events, query, 'ASC');
  const page = pageOf(items, query);
  return {
    ...page.place,
    pagination_direction: direction,
    events_page: page.items.map((event) => eventAnswer(event, chatId)),
  };
}

function chatAnswer({ id, groupId, config, startMs, endMs, status, eventCount, metadata }: Chat): object {
  return {
    id,
    chat_group_id: groupId,
    config,
    status,
    start_timestamp: Math.round(startMs),
    end_timestamp: endMs === null ? null : Math.round(endMs),
    event_count: eventCount,
    metadata,
  };
}

/** @param chats of the group, oldest first; at least one. */
function groupAnswer(chats: readonly Chat[]): object {
  const [first, last] = [chats[0]!, chats.at(-1)!];
  return {
    id: last.groupId,
    num_chats: chats.length,
    first_start_timestamp: Math.round(first.startMs),
    most_recent_start_timestamp: Math.round(last.startMs),
    most_recent_chat_id: last.id,
    most_recent_config: last.config,
    active: last.status === 'ACTIVE',
  };
}

function eventAnswer(
  { sequence, atMs, type, role, text, emotions, clauseId, tool, metadata }: ChatEvent,
  chatId: string,
): object {
  return {
    id: `${chatId}-${sequence}`,
    chat_id: chatId,
    timestamp: Math.round(atMs),
    type,
    role,
    message_text: text ?? null,
    emotion_features: emotions === undefined ? null : JSON.stringify(emotions),
    related_event_id: clauseId ?? tool?.callId ?? null,
    metadata: metadata ?? (tool === undefined ? null : JSON.stringify({ name: tool.name, tool_call_id: tool.callId })),
  };
}
