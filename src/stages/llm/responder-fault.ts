/**
 * What can go wrong between Attune and a language model server, before it becomes a typed error.
 *
 * Internal to the responder: it carries what the retry decision needs. Its message names statuses and short error kinds
 * only; nothing a server or a parser wrote freely gets in, since such text can quote the prompt or the key.
 */
import { AttuneError } from '../../core/errors.js';

export interface ResponderFaultDetails {
  /** HTTP status, when there was one. */
  readonly status?: number | undefined;
  /** The server's short machine-readable kind of error, as `model_not_found`. */
  readonly kind?: string | undefined;
  /** What the server asks to wait before another attempt. */
  readonly retryAfterMs?: number | undefined;
  /** True when another attempt may go better; by default decided by the status. */
  readonly retryable?: boolean;
  readonly hint?: string | undefined;
}

export class ResponderFault extends Error {
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly #hint: string | undefined;

  constructor(problem: string, details: ResponderFaultDetails = {}) {
    const { status, retryAfterMs } = details;
    const kind = details.kind !== undefined && /^[\w.-]{1,40}$/.test(details.kind) ? details.kind : undefined;
    const facts = [status === undefined ? undefined : `status ${status}`, kind].filter((fact) => fact !== undefined);
    super(facts.length === 0 ? problem : `${problem} (${facts.join(', ')})`);
    this.name = 'ResponderFault';
    this.retryable = details.retryable ?? (status === undefined || status === 408 || status === 429 || status >= 500);
    this.retryAfterMs = retryAfterMs;
    this.#hint = details.hint ?? hintOf(status);
  }

  toAttuneError(): AttuneError {
    return new AttuneError('RESPONDER_FAILED', this.message, {
      cause: this,
      ...(this.#hint === undefined ? {} : { hint: this.#hint }),
    });
  }
}

function hintOf(status: number | undefined): string | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return 'The key is missing, wrong or not allowed to use this model.';
  if (status === 404)
    return 'Check that the base URL ends where `/chat/completions` begins (often `/v1`), and the model name.';
  if (status === 400 || status === 422)
    return 'The server does not take one of the fields; check the model name and its extra fields.';
  if (status === 413) return 'The conversation is longer than the server accepts.';
  if (status === 429) return 'The server limits requests; lower the number of calls or raise its limit.';
  if (status >= 300 && status < 400) return 'The base URL redirects; name the address it redirects to.';
  return status >= 500 ? 'The language model server has trouble; look at its log.' : undefined;
}
