/**
 * A codec for one connection: wire messages in, client events out, session events in, wire messages out.
 *
 * It owns no socket, no timer and no session; what it remembers is only what its wire format needs to stay consistent.
 */
import type { AttuneError } from '../core/errors.js';
import type { ClientEvent, SessionEvent } from '../session/events.js';

export type WireMessage = string | Uint8Array;

/** A message that could not be decoded, with the id the client gave it, if any. */
export class ProtocolError extends Error {
  constructor(
    override readonly cause: AttuneError,
    readonly clientEventId: string | null,
  ) {
    super(cause.message);
    this.name = 'ProtocolError';
  }
}

export interface Protocol {
  readonly name: string;
  /**
   * For formats that play whatever arrives and cannot take it back: sound in each message of sound. The server then sends
   * these one by one, at that pace.
   */
  readonly pacedFrameMs?: number;
  /** @throws ProtocolError; the connection goes on after it. */
  decode(message: WireMessage): readonly ClientEvent[];
  /** What the format itself demands as an answer to what was decoded last: sent at once, before anything else is encoded. */
  takeAnswers?(): readonly WireMessage[];
  /** Zero or more messages, in order. */
  encode(event: SessionEvent): readonly WireMessage[];
}
