/**
 * What can go wrong between Attune and a transcription server, before it becomes a typed error.
 *
 * Internal to the remote recogniser: it carries what the retry decision needs. Its message names statuses and short kinds
 * only; nothing a server wrote freely gets in, since such text can quote what was said or the key.
 */
import { AttuneError } from '../../../core/errors.js';

export interface TranscriptionFaultDetails {
  /** HTTP status, when there was one. */
  readonly status?: number;
  /** A short machine-readable kind, as `ECONNREFUSED`. */
  readonly kind?: string | undefined;
  /** What the server asks to wait before another attempt. */
  readonly retryAfterMs?: number | undefined;
  /** True when another attempt may go better; by default decided by the status. */
  readonly retryable?: boolean;
}

export class TranscriptionFault extends Error {
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(problem: string, details: TranscriptionFaultDetails = {}) {
    const { status, kind, retryAfterMs } = details;
    const facts = [status === undefined ? undefined : `status ${status}`, kind].filter((fact) => fact !== undefined);
    super(facts.length === 0 ? problem : `${problem} (${facts.join(', ')})`);
    this.name = 'TranscriptionFault';
    this.status = status;
    this.retryable = details.retryable ?? (status === undefined || status === 408 || status === 429 || status >= 500);
    this.retryAfterMs = retryAfterMs;
  }

  toAttuneError(): AttuneError {
    const hint = hintOf(this.status);
    return new AttuneError('TRANSCRIPTION_FAILED', this.message, {
      cause: this,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function hintOf(status: number | undefined): string | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return 'The key is missing, wrong or not allowed to use this model.';
  if (status === 404)
    return 'Check that the base URL ends where `/audio/transcriptions` begins (often `/v1`), and the model name.';
  if (status === 400 || status === 415 || status === 422)
    return 'The server does not take one of the fields; check the model name.';
  if (status === 413) return 'The recording is larger than the server accepts; lower --max-utterance-ms.';
  if (status === 429) return 'The server limits requests; lower the number of calls or raise its limit.';
  if (status >= 300 && status < 400) return 'The base URL redirects; name the address it redirects to.';
  return status >= 500 ? 'The transcription server has trouble; look at its log.' : undefined;
}
