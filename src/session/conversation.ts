/**
 * The items of one call in order, and what a responder gets to read of them.
 *
 * Items are immutable records; changing one replaces it. Text of spoken assistant items is what the caller heard, once a
 * truncation says so. The number of items is bounded.
 */
import { AttuneError } from '../core/errors.js';
import type { DialogueMessage } from '../stages/llm/responder.js';
import type { ConversationItem, MessageItem } from './events.js';

export class Conversation {
  readonly #maxItems: number;
  #items: ConversationItem[] = [];

  constructor(options: { readonly maxItems: number }) {
    this.#maxItems = options.maxItems;
  }

  get items(): readonly ConversationItem[] {
    return this.#items;
  }

  find(id: string): ConversationItem | undefined {
    return this.#items.find((item) => item.id === id);
  }

  /** The id of the item before this one; null for the first. */
  previousIdOf(id: string): string | null {
    const index = this.#items.findIndex((item) => item.id === id);
    return this.#items[index - 1]?.id ?? null;
  }

  /**
   * Adds an item at the end, or after `after` (`root` is the front). Returns the id of the item before it.
   * Throws item_not_found for an unknown `after`, invalid_value for an id in use, item_limit_reached.
   */
  add(item: ConversationItem, after: string | null = null): string | null {
    if (this.#items.length >= this.#maxItems)
      throw new AttuneError('item_limit_reached', `the conversation holds ${this.#maxItems} items`);
    if (this.find(item.id))
      throw new AttuneError('invalid_value', `an item with id '${item.id}' exists already`, { field: 'item.id' });
    let index = this.#items.length;
    if (after === 'root') index = 0;
    else if (after !== null) {
      index = this.#items.findIndex((other) => other.id === after) + 1;
      if (index === 0)
        throw new AttuneError('item_not_found', `there is no item with id '${after}'`, { field: 'previous_item_id' });
    }
    this.#items.splice(index, 0, item);
    return this.#items[index - 1]?.id ?? null;
  }

  /** Replaces the item of the same id; an item deleted meanwhile stays deleted. */
  replace(item: ConversationItem): void {
    this.#items = this.#items.map((other) => (other.id === item.id ? item : other));
  }

  /** Throws item_not_found. */
  delete(id: string): void {
    if (!this.find(id))
      throw new AttuneError('item_not_found', `there is no item with id '${id}'`, { field: 'item_id' });
    this.#items = this.#items.filter((item) => item.id !== id);
  }

  /** What was said, for a responder: items without text are left out. */
  messages(): readonly DialogueMessage[] {
    return this.#items.flatMap(messageOf);
  }
}

/** One item as a responder reads it; nothing for a message without words. */
export function messageOf(item: ConversationItem): readonly DialogueMessage[] {
  switch (item.kind) {
    case 'message':
      return messageTextOf(item);
    case 'tool-call':
      return [{ role: 'tool-call', callId: item.callId, name: item.name, argumentsJson: item.argumentsJson }];
    case 'tool-result':
      return [{ role: 'tool-result', callId: item.callId, output: item.output }];
  }
}

function messageTextOf(item: MessageItem): readonly DialogueMessage[] {
  return item.text === null || item.text === '' ? [] : [{ role: item.role, text: item.text }];
}
