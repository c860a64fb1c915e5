/**
 * The contract in front of every model: many small requests in, few large runs out.
 */
import type { TensorMap } from './tensor.js';

/** How requests of one model become rows of a batch and rows become results. */
export interface BatchModel<Req, Res> {
  /** Only requests of one bucket share a batch (equal shapes). */
  bucketOf(request: Req): string;
  collate(requests: readonly Req[]): TensorMap;
  /** Exactly `requestCount` results in the order of the requests. */
  split(outputs: TensorMap, requestCount: number): readonly Res[];
}

export interface BatcherLimits {
  readonly maxBatchSize: number;
  /** Counted from the oldest waiting request; 0 sends as soon as the model is free. */
  readonly maxQueueDelayMs: number;
  /** Beyond it `submit` rejects with OVERLOADED. */
  readonly maxQueueDepth: number;
}

export interface SubmitOptions {
  /** Aborting removes a waiting request, and discards the result of a running one. */
  readonly signal: AbortSignal;
  /** Instant on the clock (`nowMs`) after which the result is useless; refused with DEADLINE_EXCEEDED, not computed. */
  readonly deadlineMs: number;
  /** Requests of one caller, so that a busy call cannot starve the others. */
  readonly callId: string;
}

export interface Batcher<Req, Res> extends AsyncDisposable {
  readonly modelName: string;
  submit(request: Req, options: SubmitOptions): Promise<Res>;
}
