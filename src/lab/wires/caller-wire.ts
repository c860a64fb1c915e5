/**
 * What a caller needs to know of a wire format: how a frame, a digit and a goodbye are written, and what a message of the
 * server means to an ear.
 *
 * A wire is a codec of one call: no socket, no timer, no tape. It may keep counters.
 */

import type { WireMessage } from '../../protocols/protocol.js';

/** A parsed message of the server. */
export type ServerEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** What a message means to the caller. */
export type WireEvent =
  /** The call stands; sound may be sent. */
  | { readonly type: 'ready' }
  /** Sound to play after what came before, at the wire's rate. */
  | { readonly type: 'audio'; readonly samples: Float32Array }
  /** What was not played yet is to be thrown away. */
  | { readonly type: 'clear' }
  /** Playing stops and what was not played waits, until `resume` or `clear`. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** To be told once everything before it was played. */
  | { readonly type: 'mark'; readonly name: string }
  /** What the agent took the caller to have said. */
  | { readonly type: 'understood'; readonly text: string }
  /** Words of the agent. */
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'reply-ended' }
  | { readonly type: 'error'; readonly code: string };

export interface WireRead {
  readonly message: ServerEvent;
  readonly events: readonly WireEvent[];
  /** Messages that answer it at once. */
  readonly answers: readonly WireMessage[];
}

export interface CallerWire {
  readonly name: string;
  /** Rate of frames, sound and tape. */
  readonly sampleRateHz: number;
  /** True when the stream has no time of its own, so that silence has to stand in for a lost frame. */
  readonly isGapless: boolean;
  /** True when the server says what it understood and what it says, in words. */
  readonly tellsWords: boolean;
  /** True when the server speaks first and sound may only be sent after its greeting. */
  readonly awaitsGreeting: boolean;
  /** What a jitter buffer holds back where sound comes at the pace of listening; none where the server sends ahead. */
  readonly playoutDelayMs?: number;
  /** Headers of the upgrade request; `apiKey` is the key, token or secret of the server. */
  headers(url: string, apiKey: string | null): Readonly<Record<string, string>>;
  /** What is sent as soon as the connection stands. */
  hello(): readonly WireMessage[];
  /** One frame of 20 ms. */
  frame(samples: Float32Array): readonly WireMessage[];
  /** A frame that the line has lost, on a wire with time of its own. */
  skipFrame(): void;
  /** A key of the telephone; null when the format has no word for it and the tones have to be heard. */
  digit(digit: string): readonly WireMessage[] | null;
  /** Everything before the mark was played, or thrown away. */
  played(mark: string): readonly WireMessage[];
  goodbye(): readonly WireMessage[];
  /** Throws CONNECTION_FAILED for what is not of the format. */
  read(message: WireMessage): WireRead;
}

export const frameMs = 20;
