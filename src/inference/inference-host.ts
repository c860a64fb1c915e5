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
import { OnnxEngine, type OnnxThread } from './onnx-engine.js';
import type { ProviderRefusal } from './onnx-messages.js';
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
   * Loads a model, or on the provider `cpu` its form for that, into thread `thread` (modulo their number). Throws MODEL_UNKNOWN, MODEL_MISSING, MODEL_CORRUPT,
   * MODEL_INTERFACE_MISMATCH or PROVIDER_UNAVAILABLE.
   */
  async openEngine(modelName: string, { thread, cpuModelName = modelName }: EnginePlace): Promise<Engine> {
    const { manifest, providers, intraOpThreads, logger } = this.#options;
    const entry = manifest.find(modelName);
    const engine = await OnnxEngine.open(
      defined(this.#threads[thread % this.#threads.length], 'an ONNX thread'),
      {
        modelName,
        path: await manifest.verifiedPath(modelName),
        cpuPath: await manifest.verifiedPath(cpuModelName),
        providers,
        intraOpThreads,
        inputs: entry.inputs ?? [],
        outputs: entry.outputs ?? [],
      },
    );
    const { provider, refusals } = engine;
    for (const refusal of refusals) logger.info('execution provider refused', { model: modelName, ...refusal });
    const loadedName = provider === 'cpu' ? cpuModelName : modelName;
    logger.info('model loaded', { model: loadedName, provider });
    this.#opened.push({ modelName: loadedName, provider, refusals });
    return engine;
  }

  /** Opens a model behind a batcher. Throws as `openEngine`. */
  async openBatcher<Req, Res>(
    modelName: string,
    model: BatchModel<Req, Res>,
    options: EnginePlace & { readonly limits: BatcherLimits },
  ): Promise<Batcher<Req, Res>> {
    const { clock, metrics } = this.#options;
    const engine = await this.openEngine(modelName, options);
    const batcher = new DynamicBatcher({ engine, model, limits: options.limits, clock, metrics });
    this.#batchers.push(batcher);
    return batcher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#batchers.map((batcher) => batcher[Symbol.asyncDispose]()));
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
  }
}
