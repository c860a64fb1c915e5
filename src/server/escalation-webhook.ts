/**
 * Tells the operator's people, by a signed HTTP request, that a caller needs one of them.
 *
 * Signed as Standard Webhooks 1.0 say (webhook-id, webhook-timestamp, webhook-signature over `id.timestamp.body`), so that any
 * of their libraries verifies it. A call never waits for it; what cannot be delivered is logged and counted. Of what was said it holds the words that speak for the feeling, masked.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { maskPersonalData } from '../privacy/masking/mask-personal-data.js';
import type { SessionEvent } from '../session/events.js';
import { WebhookDelivery } from './webhook-delivery.js';

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

const minKeyBytes = 24;

export class EscalationWebhook implements AsyncDisposable {
  readonly #options: EscalationWebhookOptions;
  readonly #delivery: WebhookDelivery;

  constructor(options: EscalationWebhookOptions) {
    this.#options = options;
    const { clock, metrics, logger } = options;
    this.#delivery = new WebhookDelivery({
      clock,
      onOutcome: (id, failure) => {
        metrics.count('escalations_total', { outcome: failure === null ? 'delivered' : 'undelivered' });
        if (failure !== null)
          logger.error('an escalation was not delivered', { code: 'ESCALATION_UNDELIVERED', id, reason: failure });
      },
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
    const { url, key, clock } = this.#options;
    const body = JSON.stringify({ type: 'attune.escalation', timestamp, data });
    const headers = () => signedHeaders({ id, body, key, wallTimeMs: clock.wallTimeMs() });
    this.#delivery.send({ id, url, body, headers });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#delivery[Symbol.asyncDispose]();
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
