/**
 * Structured cancellation: server ⊃ session ⊃ turn.
 *
 * A scope owns the tasks started in it and its child scopes. Cancelling reaches all of them at once; disposing cancels
 * what still runs and waits until everything has settled, so nothing outlives its scope. Parent and child are linked by
 * hand and unlinked on dispose: `AbortSignal.any` with a long-lived signal leaks on Node 20.
 */
import { CancelledError, isCancelled, type CancelReason } from './errors.js';

export type TaskFailureHandler = (label: string, error: unknown) => void;

export class Scope implements AsyncDisposable {
  readonly #controller = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  readonly #children = new Set<Scope>();
  readonly #parent: Scope | undefined;
  readonly #onTaskFailure: TaskFailureHandler;

  /** @param onTaskFailure told of every failure of a task started with `spawn`; cancellations are not failures. */
  constructor(
    readonly label: string,
    onTaskFailure: TaskFailureHandler,
    parent?: Scope,
  ) {
    this.#onTaskFailure = onTaskFailure;
    this.#parent = parent;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A scope that is cancelled with this one. It keeps its place here until it is disposed. */
  child(label: string): Scope {
    const child = new Scope(`${this.label}/${label}`, this.#onTaskFailure, this);
    this.#children.add(child);
    if (this.signal.aborted) child.#controller.abort(this.signal.reason);
    return child;
  }

  /** Runs a task whose outcome the caller awaits; the scope also waits for it when disposed. */
  run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason as Error);
    const promise = task(this.signal);
    const tracked = promise.then(noop, noop).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return promise;
  }

  /** Runs a task nobody awaits. Its failure goes to the failure handler and cancels this scope. */
  spawn(label: string, task: (signal: AbortSignal) => Promise<void>): void {
    this.run(task).catch((error: unknown) => {
      if (isCancelled(error)) return;
      this.cancel('sibling-failed');
      this.#onTaskFailure(`${this.label}/${label}`, error);
    });
  }

  /** Aborts this scope and every child. The first reason stays. Returns before the tasks have settled. */
  cancel(reason: CancelReason): void {
    if (this.signal.aborted) return;
    this.#controller.abort(new CancelledError(reason));
    for (const child of this.#children) child.cancel(reason);
  }

  /** Cancels what still runs and resolves when every task and child has settled. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel('scope-ended');
    await Promise.all([...this.#children].map((child) => child[Symbol.asyncDispose]()));
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#parent) this.#parent.#children.delete(this);
  }
}

function noop(): void {}
