/**
 * The batcher in front of one model: takes what waits, of all calls, whenever the model is free.
 *
 * It does not wait on purpose unless told to: batches grow by themselves while the model is busy. Rows of one batch are
 * taken round robin over the calls, so a call that floods cannot starve the others. A request that cannot make its
 * deadline, by the bucket's usual run time, is refused and not computed. A usual time that leaves nothing to run shrinks,
 * so that one slow run cannot refuse requests for ever. One run is in flight at a time.
 */
import type { Clock, Timer } from '../core/clock.js';
import { AttuneError, toAttuneError } from '../core/errors.js';
import type { Metrics } from '../core/metrics.js';
import type { Batcher, BatcherLimits, BatchModel, SubmitOptions } from './batcher.js';
import type { Engine } from './engine.js';

interface Waiting<Req, Res> {
  readonly request: Req;
  readonly bucket: string;
  readonly options: SubmitOptions;
  readonly submittedAtMs: number;
  readonly resolve: (result: Res) => void;
  readonly reject: (error: Error) => void;
  readonly onAbort: () => void;
}

export interface DynamicBatcherOptions<Req, Res> {
  readonly engine: Engine;
  readonly model: BatchModel<Req, Res>;
  readonly limits: BatcherLimits;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Weight of the newest run in the usual run time of its bucket, and the share by which that shrinks. */
const runTimeGain = 0.2;

export class DynamicBatcher<Req, Res> implements Batcher<Req, Res> {
  readonly modelName: string;
  readonly #options: DynamicBatcherOptions<Req, Res>;
  readonly #usualRunMs = new Map<string, number>();
  #waiting: Waiting<Req, Res>[] = [];
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #disposed = false;

  constructor(options: DynamicBatcherOptions<Req, Res>) {
    this.modelName = options.engine.modelName;
    this.#options = options;
  }

  /** Requests that wait now. */
  get depth(): number {
    return this.#waiting.length;
  }

  submit(request: Req, options: SubmitOptions): Promise<Res> {
    const { limits, clock, model } = this.#options;
    if (this.#disposed) return this.#overloaded(`${this.modelName} is shutting down`);
    if (options.signal.aborted) return Promise.reject(options.signal.reason as Error);
    if (this.#waiting.length >= limits.maxQueueDepth) {
      return this.#overloaded(`${this.#waiting.length} requests wait for ${this.modelName} already`);
    }
    const submittedAtMs = clock.nowMs();
    const bucket = model.bucketOf(request);
    if (this.#isLate(bucket, options.deadlineMs, submittedAtMs)) {
      const lateness = this.#lateness(bucket);
      if (options.deadlineMs > submittedAtMs) this.#shrinkUsual(bucket);
      return Promise.reject(lateness);
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(options.signal.reason as Error);
      };
      const waiting: Waiting<Req, Res> = { request, bucket, options, submittedAtMs, resolve, reject, onAbort };
      options.signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#wake();
    });
  }

  /** Refuses what waits and resolves when the run in flight has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#timer?.cancel();
    const stopped = new AttuneError('OVERLOADED', `${this.modelName} is shutting down`);
    for (const waiting of this.#waiting.splice(0)) this.#fail(waiting, stopped);
    await this.#running;
  }

  #wake(): void {
    if (this.#running || this.#disposed) return;
    this.#timer?.cancel();
    const oldest = this.#waiting[0];
    if (!oldest) return;
    const { limits, clock } = this.#options;
    const waitMs = oldest.submittedAtMs + limits.maxQueueDelayMs - clock.nowMs();
    const bucket = waitMs > 0 ? this.#fullBucket() : oldest.bucket;
    if (bucket === undefined) {
      this.#timer = clock.after(waitMs, () => this.#wake());
      return;
    }
    const batch = this.#take(bucket);
    if (batch.length === 0) {
      this.#shrinkUsual(bucket);
      this.#wake();
      return;
    }
    this.#running = this.#run(bucket, batch).finally(() => {
      this.#running = undefined;
      this.#wake();
    });
  }

  /** A bucket that need not wait for the oldest request's delay, because it fills a batch. */
  #fullBucket(): string | undefined {
    const counts = new Map<string, number>();
    for (const { bucket } of this.#waiting) {
      const count = (counts.get(bucket) ?? 0) + 1;
      if (count >= this.#options.limits.maxBatchSize) return bucket;
      counts.set(bucket, count);
    }
    return undefined;
  }

  /** Removes the next batch of a bucket from the queue, fair over calls, without those that would be late. */
  #take(bucket: string): readonly Waiting<Req, Res>[] {
    const nowMs = this.#options.clock.nowMs();
    const late = new Set(
      this.#waiting.filter((one) => one.bucket === bucket && this.#isLate(bucket, one.options.deadlineMs, nowMs)),
    );
    this.#waiting = this.#waiting.filter((one) => !late.has(one));
    for (const one of late) this.#fail(one, this.#lateness(bucket));
    const byCall = new Map<string, Waiting<Req, Res>[]>();
    for (const one of this.#waiting) {
      if (one.bucket !== bucket) continue;
      const ofCall = byCall.get(one.options.callId);
      if (ofCall) ofCall.push(one);
      else byCall.set(one.options.callId, [one]);
    }
    const batch: Waiting<Req, Res>[] = [];
    for (let round = 0; batch.length < this.#options.limits.maxBatchSize; round += 1) {
      const ofRound = [...byCall.values()].flatMap((ofCall) => ofCall.slice(round, round + 1));
      if (ofRound.length === 0) break;
      batch.push(...ofRound.slice(0, this.#options.limits.maxBatchSize - batch.length));
    }
    const taken = new Set(batch);
    this.#waiting = this.#waiting.filter((one) => !taken.has(one));
    return batch;
  }

  async #run(bucket: string, batch: readonly Waiting<Req, Res>[]): Promise<void> {
    const { engine, model, clock, metrics } = this.#options;
    const labels = { model: this.modelName };
    const startedAtMs = clock.nowMs();
    for (const one of batch) metrics.observe('inference_queue_delay_ms', startedAtMs - one.submittedAtMs, labels);
    metrics.observe('inference_batch_rows', batch.length, labels);
    // What must wait for the next run.
    metrics.observe('inference_queue_rows', this.#waiting.length, labels);
    try {
      const outputs = await engine.run(model.collate(batch.map((one) => one.request)));
      const results = model.split(outputs, batch.length);
      if (results.length !== batch.length) {
        throw new AttuneError(
          'BATCH_SIZE_CHANGED',
          `${this.modelName} returned ${results.length} results for ${batch.length} requests`,
        );
      }
      const runMs = clock.nowMs() - startedAtMs;
      metrics.observe('inference_run_ms', runMs, labels);
      const usualMs = this.#usualRunMs.get(bucket) ?? runMs;
      this.#usualRunMs.set(bucket, usualMs + runTimeGain * (runMs - usualMs));
      batch.forEach((one, index) => this.#settle(one, () => one.resolve(results[index] as Res)));
    } catch (error) {
      metrics.count('inference_failed_total', labels);
      const failure = toAttuneError(error, 'INFERENCE_FAILED');
      for (const one of batch) this.#fail(one, failure);
    }
  }

  #isLate(bucket: string, deadlineMs: number, nowMs: number): boolean {
    return nowMs + (this.#usualRunMs.get(bucket) ?? 0) > deadlineMs;
  }

  #shrinkUsual(bucket: string): void {
    this.#usualRunMs.set(bucket, (this.#usualRunMs.get(bucket) ?? 0) * (1 - runTimeGain));
  }

  #lateness(bucket: string): AttuneError {
    const usualMs = this.#usualRunMs.get(bucket) ?? 0;
    this.#options.metrics.count('inference_refused_total', { model: this.modelName, reason: 'deadline' });
    return new AttuneError(
      'DEADLINE_EXCEEDED',
      `${this.modelName} usually takes ${usualMs.toFixed(1)} ms and cannot make the deadline`,
    );
  }

  #overloaded(message: string): Promise<never> {
    this.#options.metrics.count('inference_refused_total', { model: this.modelName, reason: 'overloaded' });
    return Promise.reject(new AttuneError('OVERLOADED', message));
  }

  #fail(waiting: Waiting<Req, Res>, error: AttuneError): void {
    this.#settle(waiting, () => waiting.reject(error));
  }

  #settle(waiting: Waiting<Req, Res>, settle: () => void): void {
    waiting.options.signal.removeEventListener('abort', waiting.onAbort);
    settle();
  }
}
