/**
 * One loaded model, off the event loop.
 */
import type { TensorMap } from './tensor.js';

export interface Engine extends AsyncDisposable {
  /** Name of the model in the manifest. */
  readonly modelName: string;
  /** Execution provider in use: `cpu`, `cuda` or `webgpu`. */
  readonly provider: string;
  /**
   * Runs the model once. A started run cannot be stopped, so there is no signal. The inputs' buffers are transferred.
   * Rejects with INFERENCE_FAILED or WORKER_CRASHED.
   */
  run(inputs: TensorMap): Promise<TensorMap>;
}
