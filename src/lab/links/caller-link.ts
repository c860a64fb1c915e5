/**
 * The connection of a caller: messages of the format out and in, whatever carries them. It knows no format.
 */
import type { WireMessage } from '../../protocols/protocol.js';

export interface CallerLink {
  readonly isOpen: boolean;
  /** Settles when the connection is gone. */
  readonly closed: Promise<void>;
  /** Dropped when the connection does not stand. */
  send(message: WireMessage): void;
  /** Ends it in good order; what was sent before arrives. */
  close(): void;
  /** Breaks it off. */
  terminate(): void;
}

/** Told in order; `onClose` last. */
export interface CallerLinkEvents {
  readonly onOpen: () => void;
  readonly onMessage: (message: WireMessage) => void;
  readonly onError: (error: Error) => void;
  /** @param isOrderly false when nothing says that the server meant to end the call */
  readonly onClose: (end: { readonly isOrderly: boolean; readonly reason: string }) => void;
}
