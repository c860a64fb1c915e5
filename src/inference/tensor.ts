/**
 * Tensors as they travel between threads and processes: a typed array and its shape, nothing of a runtime.
 */

export interface Tensor {
  /** Row-major values; `shape`'s product long. Handed over on `run`: do not touch afterwards. */
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

export type TensorMap = Readonly<Record<string, Tensor>>;
