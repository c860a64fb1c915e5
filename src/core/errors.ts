/**
 * One base for every error Attune raises on purpose.
 *
 * A code is stable and documented in docs/errors.md (a test compares the two); `field` names the offending input,
 * `hint` says what to do, `cause` keeps what happened underneath. `recoverable` decides whether the call goes on.
 */
import { errorCatalogue, type ErrorCode } from './error-catalogue.js';

export interface AttuneErrorOptions {
  /** The input that is wrong: a JSON path, an option name or a file name. */
  readonly field?: string;
  /** What the reader can do about it, one sentence. Defaults to the catalogue's. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Overrides the catalogue's judgement for this occurrence. */
  readonly recoverable?: boolean;
}

export class AttuneError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly hint: string;
  readonly recoverable: boolean;

  constructor(code: ErrorCode, message: string, options: AttuneErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AttuneError';
    this.code = code;
    this.field = options.field;
    this.hint = options.hint ?? errorCatalogue[code].hint;
    this.recoverable = options.recoverable ?? errorCatalogue[code].recoverable;
  }
}

export type CancelReason =
  | 'barge-in'
  | 'client-cancelled'
  | 'client-left'
  | 'deadline'
  | 'shutdown'
  | 'sibling-failed'
  | 'superseded'
  | 'scope-ended';

/** The reason of an aborted signal. Cancelling is not a failure: catch it where the cancelled work was started. */
export class CancelledError extends Error {
  constructor(readonly reason: CancelReason) {
    super(`cancelled: ${reason}`);
    this.name = 'CancelledError';
  }
}

/** True for any error that only says that work was cancelled. */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}

/** Wraps an unknown error under a code; an `AttuneError` passes through unchanged. */
export function toAttuneError(error: unknown, code: ErrorCode): AttuneError {
  if (error instanceof AttuneError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AttuneError(code, message, { cause: error });
}
