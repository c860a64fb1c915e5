/**
 * Tells the servers that a configuration names of chats that begin and end and of tools that are called, as the service did.
 *
 * Signed as its receivers check it: HMAC-SHA256 of `body.timestamp` in hex, under the operator's secret. Whoever may change
 * configurations does not choose whom this server talks to: only hosts that the operator lists are told anything.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { Metrics } from '../../core/metrics.js';
import type { ConfigContent } from '../../protocols/evi/library-wire.js';
import { WebhookDelivery } from '../webhook-delivery.js';

export type WebhookEventName = 'chat_started' | 'chat_ended' | 'tool_call';

export interface EviWebhooksOptions {
  /** Null: nothing is sent. */
  readonly secret: string | null;
  /** With their port where it is not the usual one. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class EviWebhooks implements AsyncDisposable {
  readonly #options: EviWebhooksOptions;
  /** One queue a host, so that none waits for another. */
  readonly #deliveries = new Map<string, WebhookDelivery>();

  constructor(options: EviWebhooksOptions) {
    this.#options = options;
  }

  /** Why nothing is sent to an address; null where something is. */
  refusalOf(address: string): string | null {
    const { secret, hosts } = this.#options;
    if (secret === null) return 'This server signs no webhooks (--evi-webhook-secret).';
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null || !/^https?:$/u.test(url.protocol)) return 'A webhook needs an https address.';
    if (!hosts.includes(url.host)) return 'This host is told nothing (--evi-webhook-hosts).';
    const isLocal = /^(?:localhost|127\.[\d.]+|\[::1\])$/u.test(url.hostname);
    return url.protocol === 'http:' && !isLocal ? 'A webhook needs an https address.' : null;
  }

  /** Tells everybody whom the configuration wants to be told. Returns at once. */
  tell(
    webhooks: ConfigContent['webhooks'],
    name: WebhookEventName,
    payload: () => Readonly<Record<string, unknown>>,
  ): void {
    const told = (webhooks ?? []).filter(({ url, events }) => events.includes(name) && this.refusalOf(url) === null);
    if (told.length === 0) return;
    const body = JSON.stringify({ event_name: name, ...payload() });
    for (const { url: address } of told) {
      const url = new URL(address);
      this.#deliveryTo(url.host).send({ id: randomUUID(), url, body, headers: () => this.#signed(body) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const delivery of this.#deliveries.values()) await delivery[Symbol.asyncDispose]();
  }

  #signed(body: string): Readonly<Record<string, string>> {
    const { secret, clock } = this.#options;
    const timestamp = String(Math.floor(clock.wallTimeMs() / 1000));
    const signature = createHmac('sha256', secret ?? '')
      .update(`${body}.${timestamp}`)
      .digest('hex');
    return { 'X-Hume-AI-Webhook-Signature': signature, 'X-Hume-AI-Webhook-Timestamp': timestamp };
  }

  #deliveryTo(host: string): WebhookDelivery {
    const known = this.#deliveries.get(host);
    if (known) return known;
    const { clock, logger, metrics } = this.#options;
    const delivery = new WebhookDelivery({
      clock,
      onOutcome: (id, failure) => {
        metrics.count('evi_webhooks_total', { outcome: failure === null ? 'delivered' : 'undelivered' });
        if (failure !== null)
          logger.error('a webhook was not delivered', { code: 'WEBHOOK_UNDELIVERED', id, host, reason: failure });
      },
    });
    this.#deliveries.set(host, delivery);
    return delivery;
  }
}
