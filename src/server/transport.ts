/**
 * Bytes only: a WebSocket in production, a scripted pair of queues in tests. A transport knows no protocol.
 */
import type { WireMessage } from '../protocols/protocol.js';

export interface Transport {
  /**
   * What the peer sends, for one consumer; not reading it holds the peer back. Ends when the connection has ended, and
   * throws when a rule of ours ended it (MESSAGE_TOO_LARGE, SLOW_CONSUMER).
   */
  readonly messages: AsyncIterable<WireMessage>;
  /**
   * Queues a message in order. Resolves once what waits to be sent is below the high-water mark; rejects with a
   * `CancelledError` (client-left) when the connection has ended.
   */
  send(message: WireMessage): Promise<void>;
  /** Says goodbye with a WebSocket close code and resolves when the connection is gone; harmless when it is already. */
  close(code: number, reason: string): Promise<void>;
}
