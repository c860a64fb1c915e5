/**
 * A worker thread that answers requests: ids, transfers, typed failures, restart after a crash.
 *
 * Use: `new WorkerThread<Req, Res>({ url: new URL('./my-worker.js', import.meta.url), name: 'my' })`, always with `.js`,
 * and in that file `answerRequests<Req, Res>(async (request) => ({ result, transfer }))`. Requests are answered in any
 * order. When the thread dies, everything it held rejects with WORKER_CRASHED and the next request starts it anew.
 */
import { parentPort, Worker, type TransferListItem } from 'node:worker_threads';
import { defined } from '../core/assert.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { ErrorCode } from '../core/error-catalogue.js';

interface Envelope<Req> {
  readonly id: number;
  readonly request: Req;
}

type Answer<Res> =
  | { readonly id: number; readonly result: Res }
  | {
      readonly id: number;
      readonly failure: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: string;
        readonly field: string | undefined;
      };
    };

interface Pending<Res> {
  readonly resolve: (result: Res) => void;
  readonly reject: (error: Error) => void;
}

export interface WorkerThreadOptions {
  /** Module of the worker, with the ending `.js`. */
  readonly url: URL;
  readonly name: string;
  readonly workerData?: unknown;
  /**
   * True when disposing must let the thread finish what it holds: native code that is torn down in the middle of a load
   * or a run takes the process with it.
   */
  readonly finishesRequests?: boolean;
}

export class WorkerThread<Req, Res> implements AsyncDisposable {
  readonly #options: WorkerThreadOptions;
  readonly #pending = new Map<number, Pending<Res>>();
  #worker: Worker | undefined;
  #crashCount = 0;
  #nextId = 0;
  #disposed = false;

  constructor(options: WorkerThreadOptions) {
    this.#options = options;
  }

  /** How often the thread died. What was loaded into it before the latest death is gone. */
  get crashCount(): number {
    return this.#crashCount;
  }

  /**
   * Sends one request; buffers in `transfer` are handed over. Rejects with the worker's typed failure, WORKER_CRASHED, or
   * a DataCloneError when the request cannot travel between threads.
   */
  call(request: Req, transfer: readonly TransferListItem[] = []): Promise<Res> {
    if (this.#disposed)
      return Promise.reject(new AttuneError('WORKER_CRASHED', `the ${this.#options.name} thread was stopped`));
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const worker = this.#running();
      worker.postMessage({ id, request } satisfies Envelope<Req>, transfer);
      this.#pending.set(id, { resolve, reject });
      // The thread keeps the process alive only while something waits for it.
      worker.ref();
    });
  }

  /** Ends the thread; what waits rejects with WORKER_CRASHED at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const worker = this.#worker;
    const held = new Set(this.#pending.keys());
    this.#worker = undefined;
    this.#failAll(new AttuneError('WORKER_CRASHED', `the ${this.#options.name} thread was stopped`));
    if (worker && this.#options.finishesRequests === true) await answersOf<Res>(worker, held);
    await worker?.terminate();
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#options.url, { name: this.#options.name, workerData: this.#options.workerData });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (answer: Answer<Res>) => this.#settle(answer));
    worker.on('error', (error) => this.#crashed(worker, error));
    worker.on('messageerror', (error) => this.#crashed(worker, error));
    worker.on('exit', (exitCode) => this.#crashed(worker, new Error(`exit code ${exitCode}`)));
    return worker;
  }

  #settle(answer: Answer<Res>): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (!pending) return;
    if ('result' in answer) pending.resolve(answer.result);
    else {
      const { code, message, hint, field } = answer.failure;
      pending.reject(new AttuneError(code, message, { hint, ...fieldOf(field) }));
    }
  }

  #crashed(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#crashCount += 1;
    this.#failAll(new AttuneError('WORKER_CRASHED', `the ${this.#options.name} thread ended unexpectedly`, { cause }));
  }

  #failAll(error: AttuneError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.reject(error);
  }
}

/** The worker's side: answers every request by `handler`; what it throws is sent back as a typed failure. */
export function answerRequests<Req, Res>(
  handler: (request: Req) => Promise<{ readonly result: Res; readonly transfer?: readonly TransferListItem[] }>,
): void {
  const port = defined(parentPort ?? undefined, 'parent port');
  port.on('message', (envelope: Envelope<Req>) => {
    handler(envelope.request).then(
      ({ result, transfer }) => port.postMessage({ id: envelope.id, result } satisfies Answer<Res>, transfer ?? []),
      (error: unknown) => {
        const { code, message, hint, field } = toAttuneError(error, 'INFERENCE_FAILED');
        port.postMessage({ id: envelope.id, failure: { code, message, hint, field } } satisfies Answer<Res>);
      },
    );
  });
}

/** Resolves when the thread has answered every request in `held`, or is gone. */
function answersOf<Res>(worker: Worker, held: Set<number>): Promise<void> {
  if (held.size === 0) return Promise.resolve();
  worker.ref();
  return new Promise((resolve) => {
    worker.on('message', (answer: Answer<Res>) => {
      held.delete(answer.id);
      if (held.size === 0) resolve();
    });
    worker.once('exit', () => resolve());
  });
}

function fieldOf(field: string | undefined): { readonly field?: string } {
  return field === undefined ? {} : { field };
}
