/**
 * A queue with a capacity, a policy and a counter, for exactly one consumer.
 *
 * Capacity is counted in the unit of `weigh` (items by default, milliseconds for audio). Policies when full:
 * `wait` parks the producer, `drop-oldest` forgets what waited longest (live audio: late is worse than lost),
 * `reject` throws QUEUE_FULL. Cancel the producer before `purge`, or a parked producer slips one stale item in.
 */
import { AttuneError } from './errors.js';

export type OverflowPolicy = 'wait' | 'drop-oldest' | 'reject';

export interface BoundedQueueOptions<T> {
  readonly capacity: number;
  readonly policy: OverflowPolicy;
  /** Weight of one item in the unit of `capacity`; 1 by default. */
  readonly weigh?: (item: T) => number;
}

interface Parked {
  wake(): void;
  fail(error: Error): void;
}

export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly capacity: number;
  readonly #policy: OverflowPolicy;
  readonly #weigh: (item: T) => number;
  #items: T[] = [];
  #size = 0;
  #droppedCount = 0;
  #closed = false;
  #error: Error | undefined;
  readonly #producers: Parked[] = [];
  #consumer: (() => void) | undefined;

  constructor(options: BoundedQueueOptions<T>) {
    this.capacity = options.capacity;
    this.#policy = options.policy;
    this.#weigh = options.weigh ?? (() => 1);
  }

  /** Weight of what waits now. */
  get size(): number {
    return this.#size;
  }

  /** Items forgotten by `drop-oldest` since the beginning. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Adds an item. Under `wait` it settles when there was room, and rejects with the signal's reason on abort. */
  async push(item: T, signal: AbortSignal): Promise<void> {
    const weight = this.#weigh(item);
    while (this.#policy === 'wait' && !this.#closed && this.#items.length > 0 && this.#size + weight > this.capacity) {
      signal.throwIfAborted();
      await this.#park(signal);
    }
    signal.throwIfAborted();
    this.offer(item);
  }

  /** Adds an item without waiting; under `wait` it may exceed the capacity by this item. */
  offer(item: T): void {
    if (this.#closed) throw this.#error ?? new AttuneError('QUEUE_CLOSED', 'the queue has ended');
    const weight = this.#weigh(item);
    if (this.#policy === 'reject' && this.#size + weight > this.capacity) {
      throw new AttuneError('QUEUE_FULL', `the queue holds its maximum of ${this.capacity}`);
    }
    if (this.#policy === 'drop-oldest') {
      while (this.#items.length > 0 && this.#size + weight > this.capacity) {
        this.#size -= this.#weigh(this.#items.shift() as T);
        this.#droppedCount += 1;
      }
    }
    this.#items.push(item);
    this.#size += weight;
    this.#consumer?.();
  }

  /** Takes everything that waits and wakes parked producers. */
  purge(): readonly T[] {
    const items = this.#items;
    this.#items = [];
    this.#size = 0;
    this.#wakeProducers();
    return items;
  }

  /** Ends the queue: what waits is still delivered, then iteration ends (or throws `error`). */
  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#consumer?.();
    for (const producer of this.#producers.splice(0)) {
      producer.fail(error ?? new AttuneError('QUEUE_CLOSED', 'the queue has ended'));
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      while (this.#items.length > 0) {
        const item = this.#items.shift() as T;
        this.#size -= this.#weigh(item);
        this.#wakeProducers();
        yield item;
      }
      if (this.#closed) {
        if (this.#error) throw this.#error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#consumer = resolve;
      });
      this.#consumer = undefined;
    }
  }

  #park(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        const index = this.#producers.indexOf(parked);
        if (index >= 0) this.#producers.splice(index, 1);
        settle();
      };
      const onAbort = (): void => finish(() => reject(signal.reason as Error));
      const parked: Parked = { wake: () => finish(resolve), fail: (error) => finish(() => reject(error)) };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#producers.push(parked);
    });
  }

  #wakeProducers(): void {
    for (const producer of this.#producers.splice(0)) producer.wake();
  }
}
