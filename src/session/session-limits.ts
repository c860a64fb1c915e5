/**
 * Bounds of one call. Every number can be set by the operator; the defaults suit a call of a person.
 */

export interface SessionLimits {
  /** A call is ended when it is this old. */
  readonly maxSessionMs: number;
  readonly maxUtteranceMs: number;
  readonly maxItems: number;
  /** Sound sent ahead of what the caller can have heard: bounds what must be thrown away at a barge-in. */
  readonly outputLeadMs: number;
  /** Replies outside the conversation at one time. */
  readonly maxSideReplies: number;
  /** Events that wait for a slow client before the call is ended. */
  readonly maxQueuedEvents: number;
}

export const defaultSessionLimits: SessionLimits = {
  maxSessionMs: 60 * 60_000,
  maxUtteranceMs: 60_000,
  maxItems: 2_000,
  outputLeadMs: 300,
  maxSideReplies: 4,
  maxQueuedEvents: 4_096,
};
