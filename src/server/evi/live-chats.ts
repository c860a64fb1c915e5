/**
 * The chats that go on now, for messages that come to them from elsewhere than their client (the control plane).
 */
import { AttuneError } from '../../core/errors.js';

export interface LiveChat {
  readonly tenant: string;
  /** Takes a message as if the client had sent it, and tells the client of settings and of tools. Throws ProtocolError, or rejects when the chat is over. */
  readonly accept: (message: string) => Promise<void>;
}

export class LiveChats {
  readonly #chats = new Map<string, LiveChat>();

  /** The returned function takes it out again. */
  add(id: string, chat: LiveChat): () => void {
    this.#chats.set(id, chat);
    return () => void this.#chats.delete(id);
  }

  /** Throws NOT_FOUND. */
  find(tenant: string, id: string): LiveChat {
    const chat = this.#chats.get(id);
    if (chat === undefined || chat.tenant !== tenant)
      throw new AttuneError('NOT_FOUND', `No chat ${id.slice(0, 80)} goes on now`);
    return chat;
  }
}
