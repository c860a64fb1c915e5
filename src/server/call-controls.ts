/**
 * Calls in progress by their id, for what others than their own client may ask of them.
 */
import { AttuneError } from '../core/errors.js';
import type { ClientEvent } from '../session/events.js';

export interface ControlledCall {
  readonly callId: string;
  readonly tenant: string;
  readonly accept: (event: ClientEvent) => Promise<void>;
}

export class CallControls {
  readonly #calls = new Map<string, ControlledCall>();

  /** The call can be asked from now on, until the returned function is called. */
  enter(call: ControlledCall): () => void {
    this.#calls.set(call.callId, call);
    return () => this.#calls.delete(call.callId);
  }

  /** Resolves when the call has taken it. Throws NOT_FOUND for a call that is not there, or another tenant's. */
  async ask(tenant: string, callId: string, event: ClientEvent): Promise<void> {
    const call = this.#calls.get(callId);
    if (call?.tenant !== tenant) throw new AttuneError('NOT_FOUND', 'There is no such call');
    await call.accept(event);
  }
}
