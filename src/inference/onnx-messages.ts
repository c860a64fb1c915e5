/**
 * What the main thread and an ONNX thread say to each other.
 */
import type { TensorMap } from './tensor.js';

export interface TensorSignature {
  readonly name: string;
  /** `float32` or `int64`. */
  readonly dtype: string;
  /** A number for a fixed dimension, a name for a free one. */
  readonly shape: readonly (number | string)[];
}

/** What goes in and out of a model, as its file says. */
export interface ModelSignatures {
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

export interface LoadRequest {
  readonly type: 'load';
  readonly modelName: string;
  readonly path: string;
  /** File for the provider `cpu`. */
  readonly cpuPath: string;
  /** Tried in order. */
  readonly providers: readonly string[];
  readonly intraOpThreads: number;
}

export interface RunRequest {
  readonly type: 'run';
  readonly modelName: string;
  readonly inputs: TensorMap;
}

export interface Loaded extends ModelSignatures {
  readonly type: 'loaded';
  readonly provider: string;
  readonly refusals: readonly ProviderRefusal[];
}

export interface ProviderRefusal {
  readonly provider: string;
  readonly reason: string;
}

export interface Ran {
  readonly type: 'ran';
  readonly outputs: TensorMap;
}

export type OnnxRequest = LoadRequest | RunRequest;
export type OnnxAnswer = Loaded | Ran;
