/**
 * Tells the operator's people, by a signed HTTP request, that a caller needs one of them.
 *
 * Signed as Standard Webhooks 1.0 say (webhook-id, webhook-timestamp, webhook-signature over `id.timestamp.body`), so that any
 * of their libraries verifies it. A call never waits for it: requests wait in a bounded queue, are tried again for a minute,
 * and what cannot be delivered is logged and counted. Of what was said it holds the words that speak for the feeling, masked.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { BoundedQueue } from '../core/bounded-queue.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Scope } from '../core/scope.js';
import { maskPersonalData } from '../privacy/masking/mask-personal-data.js';
import type { SessionEvent } from '../session/events.js';
import { networkCodeOf, retryAfterMsOf } from '../stages/peer-http.js';

export interface EscalationWebhookOptions {
  readonly url: URL;
  /** 24 bytes at least; see `signingKeyOf`. */
  readonly key: Buffer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Whose call it is. */
export interface EscalatedCall {
  readonly callId: string;
  readonly tenant: string;
}

type Escalated = Extract<SessionEvent, { type: 'escalation' }>;

interface Waiting {
  readonly id: string;
  readonly body: string;
}

const maxWaiting = 64;
const maxAttempts = 5;
const attemptTimeoutMs = 5_000;
/** Doubles; all attempts together take about a minute at most. */
const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;
const minKeyBytes = 24;

export class EscalationWebhook implements AsyncDisposable {
  readonly #options: EscalationWebhookOptions;
  readonly #scope = new Scope('escalations', () => undefined);
  readonly #waiting = new BoundedQueue<Waiting>({ capacity: maxWaiting, policy: 'reject' });

  constructor(options: EscalationWebhookOptions) {
    this.#options = options;
    this.#scope.spawn('deliver', async (signal) => {
      for await (const one of this.#waiting) {
        try {
          await this.#deliver(one, signal);
        } catch (error) {
          this.#giveUp(one.id, 'the server stopped');
          throw error;
        }
      }
    });
  }

  /** Watches one call, and never makes it wait. */
  observer(call: EscalatedCall): (event: SessionEvent) => void {
    return (event) => {
      if (event.type === 'escalation') this.tell(call, event);
    };
  }

  /** Returns at once. */
  tell(
    call: EscalatedCall,
    { rule, action, reason, label, confidence, trend, itemId, locale, explanation }: Escalated,
  ): void {
    const id = `msg_${randomUUID()}`;
    const timestamp = new Date(this.#options.clock.wallTimeMs()).toISOString();
    const why = maskPersonalData(explanation, locale).text;
    const feeling = { label, confidence, trend, why };
    const data = { ...call, itemId, locale, action, rule, reason, feeling };
    try {
      this.#waiting.offer({ id, body: JSON.stringify({ type: 'attune.escalation', timestamp, data }) });
    } catch {
      this.#giveUp(id, 'too many wait already');
    }
  }

  /** What still waits, or is on its way, is given up, and said so. */
  async [Symbol.asyncDispose](): Promise<void> {
    const waiting = this.#waiting.purge();
    this.#waiting.close();
    this.#scope.cancel('shutdown');
    await this.#scope[Symbol.asyncDispose]();
    for (const { id } of waiting) this.#giveUp(id, 'the server stopped');
  }

  async #deliver(one: Waiting, signal: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(one, signal);
      if (outcome.delivered) {
        metrics.count('escalations_total', { outcome: 'delivered' });
        return;
      }
      if (!outcome.retryable || attempt >= maxAttempts) {
        this.#giveUp(one.id, outcome.reason);
        return;
      }
      const backoffMs = Math.min(longestBackoffMs, outcome.retryAfterMs ?? firstBackoffMs * 2 ** (attempt - 1));
      await clock.sleep(backoffMs, signal);
    }
  }

  async #attempt(
    { id, body }: Waiting,
    signal: AbortSignal,
  ): Promise<
    | { readonly delivered: true }
    | {
        readonly delivered: false;
        readonly retryable: boolean;
        readonly reason: string;
        readonly retryAfterMs: number | undefined;
      }
  > {
    const { url, key, clock } = this.#options;
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = clock.after(attemptTimeoutMs, () => controller.abort());
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...signedHeaders({ id, body, key, wallTimeMs: clock.wallTimeMs() }),
        },
        body,
        redirect: 'manual',
        signal: controller.signal,
      });
      await response.body?.cancel();
      if (response.ok) return { delivered: true };
      const retryable = response.status === 408 || response.status === 429 || response.status >= 500;
      const retryAfterMs = retryAfterMsOf(response.headers.get('retry-after'), clock);
      return { delivered: false, retryable, reason: `status ${response.status}`, retryAfterMs };
    } catch (error) {
      signal.throwIfAborted();
      const reason = networkCodeOf(error) ?? 'no answer';
      return { delivered: false, retryable: true, reason, retryAfterMs: undefined };
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #giveUp(id: string, reason: string): void {
    this.#options.metrics.count('escalations_total', { outcome: 'undelivered' });
    this.#options.logger.error('an escalation was not delivered', { code: 'ESCALATION_UNDELIVERED', id, reason });
  }
}

function signedHeaders({
  id,
  body,
  key,
  wallTimeMs,
}: {
  readonly id: string;
  readonly body: string;
  readonly key: Buffer;
  readonly wallTimeMs: number;
}): Record<string, string> {
  const timestamp = String(Math.floor(wallTimeMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** The key in a secret: base64 after `whsec_`, else the text itself. Throws OPTION_INVALID when it is short. */
export function signingKeyOf(secret: string): Buffer {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  if (key.length >= minKeyBytes) return key;
  throw new AttuneError('OPTION_INVALID', `the secret of the webhook must hold ${minKeyBytes} bytes at least`, {
    field: 'escalationWebhookSecret',
    hint: 'Make one with: printf whsec_; head -c 32 /dev/urandom | base64',
  });
}
