/**
 * Delivers requests to servers of others, which may be slow or away, and never makes anybody wait for it.
 *
 * Requests wait in a bounded queue, one after the other, and are tried again for a minute. What became of each is told; what
 * is in it is the sender's.
 */
import { BoundedQueue } from '../core/bounded-queue.js';
import type { Clock } from '../core/clock.js';
import { Scope } from '../core/scope.js';
import { networkCodeOf, retryAfterMsOf } from '../stages/peer-http.js';

export interface WebhookRequest {
  /** Names the request to who is told of its outcome. */
  readonly id: string;
  readonly url: URL;
  /** JSON. */
  readonly body: string;
  /** Made for each attempt, as signatures cover the time. */
  readonly headers: () => Readonly<Record<string, string>>;
}

export interface WebhookDeliveryOptions {
  readonly clock: Clock;
  /** `failure` is null for a delivered request, else why it was given up. */
  readonly onOutcome: (id: string, failure: string | null) => void;
}

type Attempt =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      readonly retryable: boolean;
      readonly reason: string;
      readonly retryAfterMs: number | undefined;
    };

const maxWaiting = 64;
const maxAttempts = 5;
const attemptTimeoutMs = 5_000;
/** Doubles; all attempts together take about a minute at most. */
const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;

export class WebhookDelivery implements AsyncDisposable {
  readonly #options: WebhookDeliveryOptions;
  readonly #scope = new Scope('webhooks', () => undefined);
  readonly #waiting = new BoundedQueue<WebhookRequest>({ capacity: maxWaiting, policy: 'reject' });

  constructor(options: WebhookDeliveryOptions) {
    this.#options = options;
    this.#scope.spawn('deliver', async (signal) => {
      for await (const request of this.#waiting) {
        try {
          options.onOutcome(request.id, await this.#deliver(request, signal));
        } catch (error) {
          options.onOutcome(request.id, 'the server stopped');
          throw error;
        }
      }
    });
  }

  /** Returns at once. */
  send(request: WebhookRequest): void {
    try {
      this.#waiting.offer(request);
    } catch {
      this.#options.onOutcome(request.id, 'too many wait already');
    }
  }

  /** What still waits, or is on its way, is given up, and said so. */
  async [Symbol.asyncDispose](): Promise<void> {
    const waiting = this.#waiting.purge();
    this.#waiting.close();
    this.#scope.cancel('shutdown');
    await this.#scope[Symbol.asyncDispose]();
    for (const { id } of waiting) this.#options.onOutcome(id, 'the server stopped');
  }

  async #deliver(request: WebhookRequest, signal: AbortSignal): Promise<string | null> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(request, signal);
      if (outcome.delivered) return null;
      if (!outcome.retryable || attempt >= maxAttempts) return outcome.reason;
      const backoffMs = Math.min(longestBackoffMs, outcome.retryAfterMs ?? firstBackoffMs * 2 ** (attempt - 1));
      await this.#options.clock.sleep(backoffMs, signal);
    }
  }

  async #attempt({ url, body, headers }: WebhookRequest, signal: AbortSignal): Promise<Attempt> {
    const { clock } = this.#options;
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = clock.after(attemptTimeoutMs, () => controller.abort());
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers() },
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
}
