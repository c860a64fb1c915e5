/**
 * The threads that models run in, and the one place where a model is opened: file checked, engine loaded, batcher put in
 * front. Disposing it ends batchers first and threads last.
 */
import { defined } from '../core/assert.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import type { Batcher, BatcherLimits, BatchModel } from './batcher.js';
import { DynamicBatcher } from './dynamic-batcher.js';
import type { Engine } from './engine.js';
import type { ModelManifest } from './model-manifest.js';
import { OnnxEngine, type OnnxEngineOptions, type OnnxThread } from './onnx-engine.js';
import type { ModelSignatures, ProviderRefusal } from './onnx-messages.js';
import { WorkerThread } from './worker-thread.js';

export interface InferenceHostOptions {
  readonly manifest: ModelManifest;
  /** Tried in order for every model, as `cuda`, `webgpu`, `cpu`. */
  readonly providers: readonly string[];
  /** Threads that share the models; each model lives in one of them. */
  readonly workerCount: number;
  readonly intraOpThreads: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** A loaded model, the provider it runs on and why those asked for before it could not be used. */
export interface OpenedModel {
  readonly modelName: string;
  readonly provider: string;
  readonly refusals: readonly ProviderRefusal[];
}

/** Where a model is loaded, and in which form. */
export interface EnginePlace {
  /** Number of a thread, modulo their number. */
  readonly thread: number;
  /** Model to load in its place where the provider is `cpu`: same inputs and outputs, as one of 8-bit integers. */
  readonly cpuModelName?: string;
}

export class InferenceHost implements AsyncDisposable {
  readonly #options: InferenceHostOptions;
  readonly #threads: readonly OnnxThread[];
  readonly #batchers: AsyncDisposable[] = [];
  readonly #opened: OpenedModel[] = [];

  constructor(options: InferenceHostOptions) {
    this.#options = options;
    this.#threads = Array.from(
      { length: Math.max(1, options.workerCount) },
      (_, index) =>
        new WorkerThread({
          url: new URL('./onnx-worker.js', import.meta.url),
          name: `onnx-${index}`,
          finishesRequests: true,
        }) satisfies OnnxThread,
    );
  }

  /** Models opened so far, in the order in which their loads ended. */
  get opened(): readonly OpenedModel[] {
    return this.#opened;
  }

  /**
   * Loads a model, or on the provider `cpu` its form for that, into a thread. Throws MODEL_UNKNOWN, MODEL_MISSING,
   * MODEL_CORRUPT, MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE.
   */
  async openEngine(modelName: string, { thread, cpuModelName = modelName }: EnginePlace): Promise<Engine> {
    const { manifest } = this.#options;
    const { inputs = [], outputs = [] } = manifest.find(modelName);
    const path = await manifest.verifiedPath(modelName);
    const cpuPath = cpuModelName === modelName ? path : await manifest.verifiedPath(cpuModelName);
    const engine = await this.#load({ modelName, path, cpuPath, expected: { inputs, outputs } }, thread);
    this.#note(engine.provider === 'cpu' ? cpuModelName : modelName, engine);
    return engine;
  }

  /** Opens a model behind a batcher. Throws as `openEngine`. */
  async openBatcher<Req, Res>(
    modelName: string,
    model: BatchModel<Req, Res>,
    options: EnginePlace & { readonly limits: BatcherLimits },
  ): Promise<Batcher<Req, Res>> {
    return this.#batcher(await this.openEngine(modelName, options), model, options.limits);
  }

  /**
   * Opens a file that is in no manifest behind a batcher. `modelFor` is shown what goes in and out and may refuse it.
   * Throws MODEL_CORRUPT or PROVIDER_UNAVAILABLE, and what `modelFor` throws.
   */
  async openFile<Req, Res, M extends BatchModel<Req, Res>>(
    file: { readonly modelName: string; readonly path: string },
    modelFor: (signatures: ModelSignatures) => M,
    options: { readonly thread: number; readonly limits: BatcherLimits },
  ): Promise<{ readonly batcher: Batcher<Req, Res>; readonly model: M }> {
    const engine = await this.#load(file, options.thread);
    this.#note(file.modelName, engine);
    const model = modelFor(engine.signatures);
    return { batcher: this.#batcher<Req, Res>(engine, model, options.limits), model };
  }

  async #load(
    file: Pick<OnnxEngineOptions, 'modelName' | 'path' | 'cpuPath' | 'expected'>,
    threadIndex: number,
  ): Promise<OnnxEngine> {
    const { providers, intraOpThreads } = this.#options;
    const thread = defined(this.#threads[threadIndex % this.#threads.length], 'an ONNX thread');
    return OnnxEngine.open(thread, { ...file, providers, intraOpThreads });
  }

  #note(modelName: string, { provider, refusals }: OnnxEngine): void {
    const { logger } = this.#options;
    for (const { provider: refused, reason } of refusals)
      logger.info('execution provider refused', { model: modelName, provider: refused, reason });
    logger.info('model loaded', { model: modelName, provider });
    this.#opened.push({ modelName, provider, refusals });
  }

  #batcher<Req, Res>(engine: Engine, model: BatchModel<Req, Res>, limits: BatcherLimits): Batcher<Req, Res> {
    const { clock, metrics } = this.#options;
    const batcher = new DynamicBatcher({ engine, model, limits, clock, metrics });
    this.#batchers.push(batcher);
    return batcher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#batchers.map((batcher) => batcher[Symbol.asyncDispose]()));
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }
}
