/**
 * One ONNX model in a thread that it may share with others.
 *
 * Opening checks the file's inputs and outputs against what the manifest says, if it lists the file. After a crash of the
 * thread the model is loaded again with the next run; runs that the thread held reject with WORKER_CRASHED.
 */
import { AttuneError } from '../core/errors.js';
import type { Engine } from './engine.js';
import type {
  Loaded,
  ModelSignatures,
  OnnxAnswer,
  OnnxRequest,
  ProviderRefusal,
  TensorSignature,
} from './onnx-messages.js';
import type { TensorMap } from './tensor.js';
import type { WorkerThread } from './worker-thread.js';

export type OnnxThread = WorkerThread<OnnxRequest, OnnxAnswer>;

export interface OnnxEngineOptions {
  readonly modelName: string;
  readonly path: string;
  /** File for the provider `cpu`, when it has one of its own: same inputs and outputs. */
  readonly cpuPath?: string;
  readonly providers: readonly string[];
  readonly intraOpThreads: number;
  /**
   * All inputs the wrapper gives and the outputs it reads; checked by name, type, rank and fixed dimensions. Left out for a
   * file whose wrapper looks at `signatures` itself.
   */
  readonly expected?: ModelSignatures;
}

export class OnnxEngine implements Engine {
  readonly modelName: string;
  readonly #thread: OnnxThread;
  readonly #options: OnnxEngineOptions;
  #loaded: Loaded;
  /** Crashes of the thread before the latest load: more since then, and the model is gone. */
  #loadedAfterCrash: number;
  #reloading: Promise<void> | undefined;

  private constructor(thread: OnnxThread, options: OnnxEngineOptions, loaded: Loaded, loadedAfterCrash: number) {
    this.modelName = options.modelName;
    this.#thread = thread;
    this.#options = options;
    this.#loaded = loaded;
    this.#loadedAfterCrash = loadedAfterCrash;
  }

  /** Loads the model. Throws MODEL_CORRUPT, PROVIDER_UNAVAILABLE or MODEL_INTERFACE_MISMATCH. The thread is lent. */
  static async open(thread: OnnxThread, options: OnnxEngineOptions): Promise<OnnxEngine> {
    const { crashCount } = thread;
    return new OnnxEngine(thread, options, await load(thread, options), crashCount);
  }

  get provider(): string {
    return this.#loaded.provider;
  }

  /** What the file says goes in and out. */
  get signatures(): ModelSignatures {
    return this.#loaded;
  }

  /** Providers that were asked for first and refused, with the reason. */
  get refusals(): readonly ProviderRefusal[] {
    return this.#loaded.refusals;
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    if (this.#thread.crashCount !== this.#loadedAfterCrash) await this.#reload();
    const buffers = new Set(Object.values(inputs).map(({ data }) => data.buffer as ArrayBuffer));
    const answer = await this.#thread.call({ type: 'run', modelName: this.modelName, inputs }, [...buffers]);
    if (answer.type !== 'ran') throw new AttuneError('INVARIANT_BROKEN', `a run was answered by ${answer.type}`);
    return answer.outputs;
  }

  /** The thread belongs to whoever started it; nothing to do. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** One load, however many runs ask for it. */
  #reload(): Promise<void> {
    const { crashCount } = this.#thread;
    this.#reloading ??= load(this.#thread, this.#options)
      .then((loaded) => {
        this.#loaded = loaded;
        this.#loadedAfterCrash = crashCount;
      })
      .finally(() => (this.#reloading = undefined));
    return this.#reloading;
  }
}

async function load(thread: OnnxThread, options: OnnxEngineOptions): Promise<Loaded> {
  const { modelName, path, cpuPath = path, providers, intraOpThreads } = options;
  const answer = await thread.call({ type: 'load', modelName, path, cpuPath, providers, intraOpThreads });
  if (answer.type !== 'loaded') throw new AttuneError('INVARIANT_BROKEN', `a load was answered by ${answer.type}`);
  const { expected } = options;
  if (!expected) return answer;
  const strange = answer.inputs.find((have) => !expected.inputs.some((want) => want.name === have.name));
  if (strange) throw mismatch(`${modelName} has another input ${described(strange)}`, strange);
  checkSignatures(modelName, 'input', expected.inputs, answer.inputs);
  checkSignatures(modelName, 'output', expected.outputs, answer.outputs);
  return answer;
}

function checkSignatures(
  modelName: string,
  kind: 'input' | 'output',
  wanted: readonly TensorSignature[],
  found: readonly TensorSignature[],
): void {
  for (const want of wanted) {
    const have = found.find((one) => one.name === want.name);
    if (have && agrees(want, have)) continue;
    throw mismatch(
      `${kind} of ${modelName}: expected ${described(want)}, found ${have ? described(have) : 'none'}`,
      want,
    );
  }
}

/** Same type, same rank and no dimension that is fixed differently. */
function agrees(want: TensorSignature, have: TensorSignature): boolean {
  if (want.dtype !== have.dtype || want.shape.length !== have.shape.length) return false;
  return want.shape.every(
    (length, axis) => typeof length === 'string' || typeof have.shape[axis] === 'string' || have.shape[axis] === length,
  );
}

function described({ name, dtype, shape }: TensorSignature): string {
  return `${name} ${dtype}[${shape.join(',')}]`;
}

function mismatch(message: string, { name }: TensorSignature): AttuneError {
  return new AttuneError('MODEL_INTERFACE_MISMATCH', message, { field: name });
}
