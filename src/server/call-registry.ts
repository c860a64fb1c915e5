/**
 * The connections that are open: runs each in a scope of its own, counts them, and ends them when the server stops.
 *
 * A connection that fails ends alone and is closed with 1011. Draining tells every call, waits for them to finish, and
 * ends what is left with 1012. Every call has signals of its own, so none outlives it.
 */
import type { Clock } from '../core/clock.js';
import { isCancelled, toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Scope } from '../core/scope.js';
import type { CallRequest, Endpoint } from './endpoint.js';
import type { Transport } from './transport.js';

export interface CallRegistryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

interface OpenCall {
  readonly transport: Transport;
  readonly draining: AbortController;
}

export class CallRegistry implements AsyncDisposable {
  readonly #options: CallRegistryOptions;
  readonly #scope: Scope;
  readonly #calls = new Set<OpenCall>();
  readonly #hurry = new AbortController();
  #draining = false;
  #whenIdle: (() => void) | undefined;

  constructor(options: CallRegistryOptions) {
    this.#options = options;
    this.#scope = new Scope('calls', (label, error) => this.#logFailure(label, error));
  }

  get count(): number {
    return this.#calls.size;
  }

  /** Serves one connection until it ends. Returns at once. */
  begin(endpoint: Endpoint, transport: Transport, request: Omit<CallRequest, 'draining'>): void {
    this.#scope
      .run(() => this.#run(endpoint, transport, request))
      .catch(async (error: unknown) => {
        if (!isCancelled(error)) this.#logFailure(request.id, error);
        await transport.close(1012, 'SERVER_DRAINING');
      });
  }

  /** Lets the running calls finish for `timeoutMs`, then ends them. Resolves when all have ended. */
  async drain(options: { readonly timeoutMs: number }): Promise<void> {
    const { clock, logger } = this.#options;
    logger.info('draining', { calls: this.count, timeoutMs: options.timeoutMs });
    this.#draining = true;
    for (const call of this.#calls) call.draining.abort();
    if (this.count > 0 && !this.#hurry.signal.aborted) {
      const timer = clock.after(options.timeoutMs, () => this.hurry());
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
        this.#hurry.signal.addEventListener('abort', () => resolve(), { once: true });
      });
      timer.cancel();
    }
    await this[Symbol.asyncDispose]();
  }

  /** Ends the waiting of `drain`, the running one or the next. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Ends every call now and resolves when all have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.cancel('shutdown');
    // A call that waits for its peer hears of the shutdown by the end of its messages.
    const closing = [...this.#calls].map(({ transport }) => transport.close(1012, 'SERVER_DRAINING'));
    await Promise.all(closing);
    await this.#scope[Symbol.asyncDispose]();
  }

  async #run(endpoint: Endpoint, transport: Transport, request: Omit<CallRequest, 'draining'>): Promise<void> {
    const call: OpenCall = { transport, draining: new AbortController() };
    if (this.#draining) call.draining.abort();
    this.#calls.add(call);
    this.#report();
    const scope = this.#scope.child(request.id);
    try {
      await this.#serve(endpoint, call, { ...request, draining: call.draining.signal }, scope.signal);
    } finally {
      this.#calls.delete(call);
      this.#report();
      await scope[Symbol.asyncDispose]();
    }
  }

  async #serve(endpoint: Endpoint, call: OpenCall, request: CallRequest, signal: AbortSignal): Promise<void> {
    try {
      await endpoint.serve(call.transport, request, signal);
    } catch (error) {
      if (!isCancelled(error)) {
        const { code, message } = toAttuneError(error, 'INTERNAL');
        this.#options.logger.warn('call failed', { callId: request.id, code, reason: message });
        this.#options.metrics.count('calls_failed_total', { code });
        await call.transport.close(1011, code);
        return;
      }
    }
    if (call.draining.signal.aborted) await call.transport.close(1012, 'SERVER_DRAINING');
    else await call.transport.close(1000, '');
  }

  #report(): void {
    this.#options.metrics.set('calls_active', this.count);
    if (this.count === 0) this.#whenIdle?.();
  }

  #logFailure(callId: string, error: unknown): void {
    const { code, message } = toAttuneError(error, 'INTERNAL');
    this.#options.logger.error('a call could not be ended in order', { callId, code, reason: message });
  }
}
