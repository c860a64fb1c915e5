/**
 * What was said in EVI chats, so that clients can look back, and resume: one document per chat, and one per event.
 *
 * Writes follow each other behind the chat and never delay it; their number is bounded, and a chat that is too long, or a
 * store that is too slow, loses the newest, once and said. A chat that neither runs nor has an end was broken off.
 */
import { z } from 'zod';
import type { Clock } from '../../core/clock.js';
import { AttuneError, toAttuneError } from '../../core/errors.js';
import type { Logger } from '../../core/logger.js';
import type { SealedDocuments } from '../../memory/sealed-documents.js';
import type { ChatEvent } from '../../protocols/evi/chat-event.js';

const statuses = ['ACTIVE', 'USER_ENDED', 'MAX_DURATION_TIMEOUT', 'INACTIVITY_TIMEOUT', 'ERROR'] as const;

const chatSchema = z.object({
  id: z.string(),
  groupId: z.string(),
  config: z.object({ id: z.string(), version: z.int() }).nullable(),
  startMs: z.number(),
  endMs: z.number().nullable(),
  status: z.enum(statuses),
  eventCount: z.int(),
  metadata: z.string().nullable(),
});

export type Chat = z.infer<typeof chatSchema>;
export type ChatStatus = (typeof statuses)[number];

/** Kept of one chat. */
const mostEvents = 5_000;
/** Events on their way to the store. */
const mostPending = 1_000;
/** Of all tenants together, where they end with the process. */
const mostVolatileChats = 1_000;

const chatsShelf = 'evi-chats';
const dayMs = 86_400_000;

export interface ChatLogOptions {
  readonly documents: SealedDocuments;
  /** Chats older than this are forgotten. */
  readonly retentionDays: number;
  /** True where chats end with the process. */
  readonly isVolatile: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class ChatLog {
  readonly #options: ChatLogOptions;
  readonly #running = new Set<string>();

  constructor(options: ChatLogOptions) {
    this.#options = options;
  }

  /** Begins to write a chat down. */
  begin(tenant: string, chat: Pick<Chat, 'id' | 'groupId' | 'config'>): ChatWriter {
    const { documents, clock, logger } = this.#options;
    this.#running.add(chat.id);
    return new ChatWriter(tenant, chat, {
      documents,
      clock,
      logger,
      onEnded: () => this.#running.delete(chat.id),
    });
  }

  /** Oldest first. */
  async chats(tenant: string): Promise<readonly Chat[]> {
    const documents = await this.#options.documents.list({ tenant, shelf: chatsShelf });
    return documents.map(({ content }) => this.#chatIn(content));
  }

  /** Throws NOT_FOUND. */
  async chat(tenant: string, id: string): Promise<Chat> {
    const content = await this.#options.documents.get({ tenant, shelf: chatsShelf }, id);
    if (content === undefined) throw new AttuneError('NOT_FOUND', `There is no chat ${id.slice(0, 80)}`);
    return this.#chatIn(content);
  }

  /** Chats of a group, oldest first. Throws NOT_FOUND. */
  async group(tenant: string, groupId: string): Promise<readonly Chat[]> {
    const found = (await this.chats(tenant)).filter((chat) => chat.groupId === groupId);
    if (found.length === 0) throw new AttuneError('NOT_FOUND', `There is no chat group ${groupId.slice(0, 80)}`);
    return found;
  }

  /** In the order they happened. */
  async events(tenant: string, chatId: string): Promise<readonly ChatEvent[]> {
    const documents = await this.#options.documents.list({ tenant, shelf: shelfOf(chatId) });
    return documents.map(({ content }) => content as ChatEvent).toSorted((a, b) => a.sequence - b.sequence);
  }

  /** Removes a chat without a trace. Throws NOT_FOUND or MEMORY_ERASURE_UNFINISHED. */
  async forget(tenant: string, id: string): Promise<void> {
    await this.chat(tenant, id);
    await this.#remove(tenant, [id]);
    await this.#options.documents.scrub();
  }

  /** Forgets what is past its time, and what is more than fits. Resolves with how many chats went. */
  async sweep(): Promise<number> {
    const { documents, retentionDays, isVolatile, clock } = this.#options;
    const oldestMs = clock.wallTimeMs() - retentionDays * dayMs;
    let count = 0;
    for (const { tenant, shelf } of await documents.shelves()) {
      if (shelf !== chatsShelf) continue;
      const chats = await documents.entries({ tenant, shelf });
      const surplus = isVolatile ? Math.max(0, chats.length - mostVolatileChats) : 0;
      const gone = chats.filter(
        ({ id, atMs }, index) => !this.#running.has(id) && (atMs < oldestMs || index < surplus),
      );
      await this.#remove(
        tenant,
        gone.map(({ id }) => id),
      );
      count += gone.length;
    }
    if (count > 0) await documents.scrub();
    return count;
  }

  async #remove(tenant: string, ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#options.documents.remove({ tenant, shelf: shelfOf(id) });
    await this.#options.documents.remove({ tenant, shelf: chatsShelf }, ids);
  }

  #chatIn(content: unknown): Chat {
    const chat = chatSchema.parse(content);
    return chat.status === 'ACTIVE' && !this.#running.has(chat.id) ? { ...chat, status: 'ERROR' } : chat;
  }
}

interface ChatWriterOptions extends Pick<ChatLogOptions, 'documents' | 'clock' | 'logger'> {
  readonly onEnded: () => void;
}

/** Writes one chat down while it goes on. */
export class ChatWriter {
  readonly #tenant: string;
  readonly #options: ChatWriterOptions;
  #chat: Chat;
  #work: Promise<void>;
  #pending = 0;
  #hasFailed = false;

  constructor(tenant: string, chat: Pick<Chat, 'id' | 'groupId' | 'config'>, options: ChatWriterOptions) {
    this.#tenant = tenant;
    this.#options = options;
    const startMs = options.clock.wallTimeMs();
    this.#chat = { ...chat, startMs, endMs: null, status: 'ACTIVE', eventCount: 0, metadata: null };
    this.#work = this.#guarded(() => this.#keepChat());
  }

  /** Resolves at once; the event is written behind. */
  note(event: Omit<ChatEvent, 'sequence' | 'atMs'>): void {
    const { documents, clock } = this.#options;
    const sequence = this.#chat.eventCount;
    if (sequence >= mostEvents || this.#pending >= mostPending) {
      this.#fail(new AttuneError('QUEUE_FULL', 'a chat has more events than are kept'));
      return;
    }
    const atMs = clock.wallTimeMs();
    this.#chat = { ...this.#chat, eventCount: sequence + 1 };
    const document = { id: String(sequence).padStart(6, '0'), atMs, content: { ...event, sequence, atMs } };
    const shelf = { tenant: this.#tenant, shelf: shelfOf(this.#chat.id) };
    this.#pending += 1;
    this.#work = this.#work.then(() =>
      this.#guarded(async () => {
        this.#pending -= 1;
        await documents.put(shelf, [document]);
      }),
    );
  }

  /** What the client wants to find the chat by. */
  describe(metadata: string): void {
    this.#chat = { ...this.#chat, metadata };
  }

  /** Resolves when all of it is written, or was lost and said. */
  async end(status: Exclude<ChatStatus, 'ACTIVE'>): Promise<void> {
    this.note({ type: 'CHAT_END_MESSAGE', role: 'SYSTEM' });
    this.#chat = { ...this.#chat, endMs: this.#options.clock.wallTimeMs(), status };
    this.#work = this.#work.then(() => this.#guarded(() => this.#keepChat()));
    await this.#work;
    this.#options.onEnded();
  }

  async #keepChat(): Promise<void> {
    const { id, startMs } = this.#chat;
    const shelf = { tenant: this.#tenant, shelf: chatsShelf };
    await this.#options.documents.put(shelf, [{ id, atMs: startMs, content: this.#chat }]);
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(toAttuneError(error, 'MEMORY_UNAVAILABLE'));
    }
  }

  #fail({ code, message }: AttuneError): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.logger.error('a chat is not written down in full', { chatId: this.#chat.id, code, reason: message });
  }
}

function shelfOf(chatId: string): string {
  return `evi-chat-${chatId}`;
}
