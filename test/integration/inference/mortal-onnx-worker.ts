/**
 * The ONNX thread with one weakness: it dies of a run of the model named `death`.
 */
import { parentPort } from 'node:worker_threads';
import '../../../src/inference/onnx-worker.js';
import type { OnnxRequest } from '../../../src/inference/onnx-messages.js';

parentPort?.on('message', (envelope: { readonly request: OnnxRequest }) => {
  if (envelope.request.modelName === 'death') process.exit(9);
});
