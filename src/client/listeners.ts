/**
 * Who wants to hear of what, by the name of the event.
 *
 * A listener that throws must not keep the others from hearing, nor end a call: its error is reported as an uncaught one.
 */

export class Listeners<Events extends Record<keyof Events, unknown>> {
  readonly #byType = new Map<keyof Events, Set<(event: never) => void>>();

  /** Returns a function that takes the listener away again. */
  on<Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void): () => void {
    const listeners = this.#byType.get(type) ?? new Set();
    this.#byType.set(type, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const listener of [...(this.#byType.get(type) ?? [])]) {
      try {
        (listener as (event: Events[Type]) => void)(event);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
