/**
 * Ends a chat by time, as its configuration wants it: after so long in all, or after so long without a word from the caller.
 *
 * What the assistant says while the caller keeps silent, as nudges are, is no word of the caller's: the silence goes on.
 * It only watches what the client is told. The words of the configuration are said first, if there are any.
 */
import type { Clock, Timer } from '../../core/clock.js';
import type { ChatTimeout } from '../../protocols/evi/library-wire.js';
import type { SessionEvent } from '../../session/events.js';

export type TimeoutName = 'inactivity' | 'max_duration';

export interface ChatTimeoutsOptions {
  readonly timeouts: Readonly<Record<TimeoutName, ChatTimeout | null>>;
  readonly clock: Clock;
  /** Ends the chat after the farewell; called once at most. */
  readonly onTimeout: (which: TimeoutName, farewell: string | null) => void;
}

export class ChatTimeouts {
  readonly #options: ChatTimeoutsOptions;
  readonly #whole: Timer | undefined;
  #quiet: Timer | undefined;
  #isOver = false;
  /** True from what the caller does to the end of what is answered to it. */
  #isAnswerDue = true;

  constructor(options: ChatTimeoutsOptions) {
    this.#options = options;
    const { max_duration: whole } = options.timeouts;
    if (whole !== null) this.#whole = options.clock.after(whole.afterMs, () => this.#end('max_duration'));
    this.#restart();
  }

  note({ type }: SessionEvent): void {
    if (this.#isOver) return;
    switch (type) {
      case 'speech.started':
        this.#isAnswerDue = true;
        this.#quiet?.cancel();
        return;
      case 'utterance.committed':
      case 'item.added':
        this.#isAnswerDue = true;
        this.#restart();
        return;
      case 'reply.started':
        if (this.#isAnswerDue) this.#quiet?.cancel();
        return;
      case 'reply.ended':
        if (this.#isAnswerDue) this.#restart();
        this.#isAnswerDue = false;
        return;
      default:
    }
  }

  cancel(): void {
    this.#isOver = true;
    this.#whole?.cancel();
    this.#quiet?.cancel();
  }

  #restart(): void {
    this.#quiet?.cancel();
    const { inactivity } = this.#options.timeouts;
    if (inactivity === null) return;
    this.#quiet = this.#options.clock.after(inactivity.afterMs, () => this.#end('inactivity'));
  }

  #end(which: TimeoutName): void {
    if (this.#isOver) return;
    this.cancel();
    this.#options.onTimeout(which, this.#options.timeouts[which]?.farewell ?? null);
  }
}
