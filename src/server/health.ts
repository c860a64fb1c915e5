/**
 * What the server says about itself to whoever decides where calls go.
 *
 * Health is "the process answers"; readiness is "new calls are taken": not before the models are loaded, not any more
 * while draining.
 */

export type ReadinessState = 'starting' | 'ready' | 'draining';

export class Readiness {
  #state: ReadinessState = 'starting';

  get state(): ReadinessState {
    return this.#state;
  }

  /** Calls are taken from now on; without effect once draining has begun. */
  ready(): void {
    if (this.#state === 'starting') this.#state = 'ready';
  }

  /** No more calls, for good. */
  drain(): void {
    this.#state = 'draining';
  }
}

export interface HealthReport {
  readonly status: 'ok';
  readonly version: string;
  readonly state: ReadinessState;
  readonly uptimeMs: number;
  readonly calls: number;
}
