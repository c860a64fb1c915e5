/**
 * One ONNX model in a thread that it may share with others.
 *
 * Opening checks the file's inputs and outputs against what the manifest says. After a crash of the thread the model is
 * loaded again with the next run; runs that the thread held reject with WORKER_CRASHED.
 */
import { AttuneError } from '../core/errors.js';
import type { Engine } from './engine.js';
import type { Loaded, OnnxAnswer, OnnxRequest, ProviderRefusal, TensorSignature } from './onnx-messages.js';
import type { TensorMap } from './tensor.js';
import type { WorkerThread } from './worker-thread.js';

export type OnnxThread = WorkerThread<OnnxRequest, OnnxAnswer>;

export interface OnnxEngineOptions {
  readonly modelName: string;
  readonly path: string;
  readonly providers: readonly string[];
  readonly intraOpThreads: number;
  /** What the wrapper was written for; checked by name, type and rank. */
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

export class OnnxEngine implements Engine {
  readonly modelName: string;
  readonly #thread: OnnxThread;
  readonly #options: OnnxEngineOptions;
  #loaded: Loaded;
  #loadedInStart: number;

  private constructor(thread: OnnxThread, options: OnnxEngineOptions, loaded: Loaded) {
    this.modelName = options.modelName;
    this.#thread = thread;
    this.#options = options;
    this.#loaded = loaded;
    this.#loadedInStart = thread.startCount;
  }

  /** Loads the model. Throws MODEL_CORRUPT, PROVIDER_UNAVAILABLE or MODEL_INTERFACE_MISMATCH. The thread is lent. */
  static async open(thread: OnnxThread, options: OnnxEngineOptions): Promise<OnnxEngine> {
    const loaded = await load(thread, options);
    checkSignatures(options.modelName, 'input', options.inputs, loaded.inputs);
    checkSignatures(options.modelName, 'output', options.outputs, loaded.outputs);
    return new OnnxEngine(thread, options, loaded);
  }

  get provider(): string {
    return this.#loaded.provider;
  }

  /** Providers that were asked for first and refused, with the reason. */
  get refusals(): readonly ProviderRefusal[] {
    return this.#loaded.refusals;
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    if (this.#thread.startCount !== this.#loadedInStart) await this.#reload();
    const buffers = new Set(Object.values(inputs).map(({ data }) => data.buffer as ArrayBuffer));
    const answer = await this.#thread.call({ type: 'run', modelName: this.modelName, inputs }, [...buffers]);
    if (answer.type !== 'ran') throw new AttuneError('INVARIANT_BROKEN', `a run was answered by ${answer.type}`);
    return answer.outputs;
  }

  /** The thread belongs to whoever started it; nothing to do. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async #reload(): Promise<void> {
    this.#loaded = await load(this.#thread, this.#options);
    this.#loadedInStart = this.#thread.startCount;
  }
}

async function load(thread: OnnxThread, options: OnnxEngineOptions): Promise<Loaded> {
  const { modelName, path, providers, intraOpThreads } = options;
  const answer = await thread.call({ type: 'load', modelName, path, providers, intraOpThreads });
  if (answer.type !== 'loaded') throw new AttuneError('INVARIANT_BROKEN', `a load was answered by ${answer.type}`);
  return answer;
}

function checkSignatures(modelName: string, kind: string, wanted: readonly TensorSignature[], found: readonly TensorSignature[]): void {
  for (const want of wanted) {
    const have = found.find((one) => one.name === want.name);
    if (have && have.dtype === want.dtype && have.shape.length === want.shape.length) continue;
    const described = have ? `${have.dtype}[${have.shape.join(',')}]` : 'missing';
    const message = `${kind} '${want.name}' of ${modelName} is ${described}, expected ${want.dtype}[${want.shape.join(',')}]`;
    throw new AttuneError('MODEL_INTERFACE_MISMATCH', message, { field: want.name });
  }
}
